import { monitorEventLoopDelay } from "node:perf_hooks";
import { type MetricObjectWithValues, type MetricValue, Registry } from "prom-client";
import type { Gateway } from "#gateway/call.ts";
import { limitModes } from "#gateway/limits/limit-store.ts";
import { callsWaiting } from "#gateway/turns.ts";
import type { Durations } from "./call-metrics.ts";

type Sample = { value: number; labels?: Record<string, string>; metricName?: string };
type Type = "counter" | "gauge" | "histogram";

/**
 * The metrics of one process. Nothing is counted here: each family reads, when somebody asks, what the gateway keeps
 * anyway. Gauges of the process carry `worker`, so that they stay apart when several processes answer together.
 */
export function metricsOf(gateway: Gateway, worker: string): Registry {
  const registry = new Registry();
  const family = (name: string, type: Type, help: string, read: () => Sample[]) => {
    const get = async () => ({
      ...{ name, help, type, aggregator: "sum" },
      values: read().map(({ labels = {}, ...sample }) => ({ ...sample, labels })),
    });
    registry.registerMetric({ name, help, get } as never);
  };
  const own = (value: number): Sample[] => [{ value, labels: { worker } }];
  const { metrics } = gateway;
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();

  family("portico_calls_total", "counter", "Calls by API and status class; 499 = the client went away", () =>
    [...metrics.byApi.values()].flatMap(({ label, classes }) =>
      [...classes].flatMap((value, kind) =>
        value > 0 ? [{ value, labels: { api: label, status: kind === 0 ? "499" : `${kind}xx` } }] : [],
      ),
    ),
  );
  family("portico_refusals_total", "counter", "Calls that the gateway refused, by code", () =>
    [...metrics.refusals].map(([code, value]) => ({ value, labels: { code } })),
  );
  family("portico_requests_cut_off_total", "counter", "Requests that were no HTTP and became no call, by reason", () =>
    [...metrics.cutOff].map(([reason, value]) => ({ value, labels: { reason } })),
  );
  family("portico_call_duration_seconds", "histogram", "Calls, from their headers to the end of the answer", () =>
    histogram("portico_call_duration_seconds", metrics.total),
  );
  family("portico_backend_duration_seconds", "histogram", "The backend's part of it", () =>
    histogram("portico_backend_duration_seconds", metrics.backend),
  );
  family("portico_calls_in_flight", "gauge", "Calls whose answer has not ended", () => own(gateway.inFlight));
  family("portico_calls_waiting", "gauge", "Calls behind another on their connection", () => own(callsWaiting()));
  const { shares, heldBodies } = gateway.admission;
  family("portico_held_body_bytes", "gauge", "Of bodies that checks and policies hold", () => own(heldBodies.used));
  family("portico_connections", "gauge", "Connections of clients", () => own(shares.connections));
  family(
    "portico_connections_refused_total",
    "counter",
    "Connections closed at once because there were too many",
    () => [{ value: shares.turnedAway }],
  );
  family("portico_snapshot_entries", "gauge", "What calls are decided on, by kind", () =>
    Object.entries(gateway.snapshot.sizes()).map(([kind, value]) => ({ value, labels: { worker, kind } })),
  );
  family("portico_snapshot_age_seconds", "gauge", "Since the snapshot was last known to be up to date", () =>
    own(gateway.ready ? (Date.now() - gateway.heardAtMs) / 1000 : Number.NaN),
  );
  family("portico_gateways_alive", "gauge", "Gateway processes on this database, as each of them sees it", () =>
    own(gateway.gatewaysAlive),
  );
  family("portico_event_loop_delay_seconds", "gauge", "Delay of the event loop since it was last asked for", () => {
    const samples = [
      { value: delay.percentile(50) / 1e9, labels: { worker, quantile: "0.5" } },
      { value: delay.percentile(99) / 1e9, labels: { worker, quantile: "0.99" } },
      { value: delay.max / 1e9, labels: { worker, quantile: "1" } },
    ];
    delay.reset();
    return samples;
  });
  family("portico_resident_memory_bytes", "gauge", "Memory of the process", () => own(process.memoryUsage.rss()));
  family("portico_cpu_seconds_total", "counter", "CPU time of the process", () => {
    const { user, system } = process.cpuUsage();
    return own((user + system) / 1e6);
  });
  const { limits } = gateway;
  family("portico_limit_mode", "gauge", "Where calls are counted against limits: 1 for the one that holds", () =>
    limitModes.map((mode) => ({ value: limits.mode === mode ? 1 : 0, labels: { worker, mode } })),
  );
  family("portico_limit_gateways", "gauge", "Gateways that share limits, as each of them sees it", () =>
    own(limits.gateways),
  );
  family("portico_limit_calls_total", "counter", "Calls over a soft limit, and calls counted against a share", () => [
    { value: limits.stats.overSoft, labels: { reason: "over_soft" } },
    { value: limits.stats.byShare, labels: { reason: "by_share" } },
  ]);
  family("portico_limit_store_lost_total", "counter", "Times that what limits are shared through was lost", () => [
    { value: limits.stats.redisLost, labels: { store: "redis" } },
    { value: limits.stats.postgresLost, labels: { store: "postgres" } },
  ]);
  const { stats } = gateway.recorder;
  family("portico_records_held", "gauge", "Call records in memory", () => own(stats.held));
  family("portico_spool_bytes", "gauge", "Call records on disk, waiting for Postgres", () => own(stats.spooledBytes));
  family("portico_records_total", "counter", "Call records by what became of them", () => [
    { value: stats.written, labels: { outcome: "written" } },
    { value: stats.spilled, labels: { outcome: "spilled" } },
    { value: stats.lost, labels: { outcome: "lost" } },
  ]);
  if (gateway.accessLog) {
    const { accessLog } = gateway;
    family("portico_access_log_lost_total", "counter", "Lines that were not written", () => own(accessLog.lost));
    family("portico_access_log_failing", "gauge", "1: what the log is written to takes nothing, and lines wait", () =>
      own(accessLog.failing ? 1 : 0),
    );
  }
  return registry;
}

function histogram(name: string, durations: Durations): Sample[] {
  const samples: Sample[] = [];
  let count = 0;
  for (const [le, value] of durations.cumulative()) {
    const bound = Number.isFinite(le) ? String(le) : "+Inf";
    samples.push({ metricName: `${name}_bucket`, value, labels: { le: bound } });
    count = value;
  }
  samples.push({ metricName: `${name}_sum`, value: durations.sumMs / 1000 });
  samples.push({ metricName: `${name}_count`, value: count });
  return samples;
}

/** What processes send each other. */
export type MetricsJson = MetricObjectWithValues<MetricValue<string>>[];
