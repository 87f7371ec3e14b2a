import { hostname } from "node:os";
import { join } from "node:path";
import { closeCallRecords } from "#lib/call-record/write-call-records.ts";
import { closeDb, giveUpOnSilence } from "#lib/db/client.ts";
import { EnvError, env, installationSecrets } from "#lib/env.ts";
import { closeFeed } from "#lib/gateway-feed/feed-connection.ts";
import { removeGatewayNode } from "#lib/gateway-feed/gateway-node.ts";
import { listenForChanges } from "#lib/gateway-feed/listen-for-changes.ts";
import { newId } from "#lib/ids.ts";
import { closeLimitCounters } from "#lib/limit-counter/connection.ts";
import { log } from "#lib/log.ts";
import { parseAllowList } from "#lib/net/address-guard.ts";
import { ownPorts } from "#lib/net/own-ports.ts";
import manifest from "../package.json" with { type: "json" };
import { AccessLog } from "./access-log.ts";
import { createAdminServer, listenForAdmin } from "./admin/admin-server.ts";
import { CallMetrics } from "./admin/call-metrics.ts";
import { metricsOf } from "./admin/families.ts";
import { readinessOf } from "./admin/readiness.ts";
import { Admission } from "./admission/admission.ts";
import type { Gateway } from "./call.ts";
import { RedisLimits } from "./limits/redis-limits.ts";
import { SharedLimits } from "./limits/shared-limits.ts";
import { createGatewayServer } from "./server.ts";
import { ChangeFollower } from "./snapshot/follow-changes.ts";
import { Snapshot } from "./snapshot/snapshot.ts";
import { Upstreams } from "./upstream/upstreams.ts";
import { Recorder } from "./usage/recorder.ts";
import type { Question } from "./workers.ts";

/** After the time for draining: what is left to write and to close. Then the process ends all the same. */
const CLOSE_MS = 8_000;
/** A database that hangs for longer counts as one that is away; the feed's connections wait as long. */
const DATABASE_SILENCE_MS = 10_000;

const wait = (ms: number) => new Promise<void>((go) => setTimeout(go, ms));

/** One line on standard error, then the end: what an operator sees when a start fails. */
function refuseToStart(line: string): never {
  console.error(`gateway: ${line}`);
  process.exit(1);
}

function readSettings() {
  try {
    installationSecrets();
    const settings = env();
    if (!settings.DATABASE_URL) throw new EnvError("DATABASE_URL is missing");
    const admission = new Admission({
      callsMax: settings.GATEWAY_CALLS_MAX,
      callsPerAddress: settings.GATEWAY_CALLS_PER_ADDRESS,
      connectionsPerAddress: settings.GATEWAY_CONNECTIONS_PER_ADDRESS,
      connectionsMax: settings.GATEWAY_CONNECTIONS_MAX,
      heldMb: settings.GATEWAY_HELD_MB,
      failuresMax: settings.GATEWAY_FAILURES_MAX,
      trustedProxies: settings.TRUSTED_PROXIES,
      portalUrl: settings.PORTAL_URL,
    });
    return {
      ...settings,
      DATABASE_URL: settings.DATABASE_URL,
      allow: parseAllowList(settings.BACKEND_ALLOW),
      admission,
    };
  } catch (error) {
    return refuseToStart(error instanceof Error ? error.message : "the environment is not valid");
  }
}

// Node would write them as bare text between the lines of the log. What is deprecated concerns who develops this.
process.removeAllListeners("warning").on("warning", ({ name, message, stack }) => {
  log[name === "DeprecationWarning" ? "debug" : "warn"]({ name, reason: message, stack }, "warning of the process");
});

const settings = readSettings();
giveUpOnSilence(DATABASE_SILENCE_MS);
/** Of several processes that share a port (workers.ts), which; "" for the only one. */
const worker = process.env.GATEWAY_WORKER ?? "";
const address = `${settings.GATEWAY_HOST}:${settings.GATEWAY_PORT}`;
const place = `${hostname()} ${address}`;
const node = {
  id: newId(),
  address: `${place}${worker && `, process ${worker}`}`,
  place,
  run: process.env.GATEWAY_RUN || newId(),
  version: manifest.version,
};
const sharedLimits = new SharedLimits(node, { mayBeAlone: !settings.REDIS_URL });
const gateway: Gateway = {
  snapshot: new Snapshot(),
  upstreams: new Upstreams(
    { allow: settings.allow, own: ownPorts() },
    { connectionsMax: settings.GATEWAY_BACKEND_CONNECTIONS_MAX },
  ),
  recorder: new Recorder({
    spoolFolder: join(settings.DATA_DIR, "gateway-spool"),
    spoolBytesMax: settings.CALL_RECORD_SPOOL_MB * 1024 * 1024,
    daysKept: settings.CALL_RECORD_DAYS,
    bytesKept: settings.CALL_RECORD_GB === 0 ? null : settings.CALL_RECORD_GB * 1024 ** 3,
  }),
  admission: settings.admission,
  limits: settings.REDIS_URL ? new RedisLimits(settings.REDIS_URL, sharedLimits) : sharedLimits,
  publicProtocol: new URL(settings.GATEWAY_URL).protocol.slice(0, -1),
  bodyBytesMax: settings.GATEWAY_BODY_MB * 1024 * 1024,
  ready: false,
  draining: false,
  inFlight: 0,
  heardAtMs: 0,
  freshUntilMs: Number.POSITIVE_INFINITY,
  gatewaysAlive: 1,
  keyFaults: [],
  metrics: new CallMetrics(),
  accessLog: settings.GATEWAY_ACCESS_LOG === "off" ? null : new AccessLog(settings.GATEWAY_ACCESS_LOG),
};
const server = createGatewayServer(gateway);
const follower = new ChangeFollower(gateway, node, settings.GATEWAY_STALE_SECONDS);
const metrics = metricsOf(gateway, worker || "1");
const admin = createAdminServer({
  readiness: async () => readinessOf(gateway),
  metrics: async () => [await metrics.getMetricsAsJSON()],
});
let stopListening: (() => Promise<void>) | undefined;

/** Workers share the port; a gateway that is alone keeps it to itself. */
const listen = () => {
  const at = { port: settings.GATEWAY_PORT, host: settings.GATEWAY_HOST, reusePort: worker !== "" };
  return new Promise<void>((resolve) => server.listen(at, resolve));
};

/**
 * Calls are answered 503 NOT_READY while the snapshot is loaded; but a worker that takes the place of one that died
 * opens its listener afterwards, because the others serve meanwhile.
 */
async function start(): Promise<void> {
  const replaces = process.env.GATEWAY_WORKER_REPLACES === "1";
  if (!replaces) await listen();
  if (!(await follower.start())) return;
  stopListening = listenForChanges(settings.DATABASE_URL, () => follower.wake());
  await gateway.limits.start();
  gateway.ready = true;
  if (replaces) await listen();
  log.info({ address: node.address, ...gateway.snapshot.sizes() }, "gateway ready");
  process.send?.({ type: "ready" });
}

/** Stops accepting, lets calls in flight end, writes their records, leaves the list of gateways. */
async function stop(): Promise<void> {
  if (gateway.draining) return;
  // Readiness says no from here on, and every answer closes its connection.
  gateway.draining = true;
  const patienceMs = (settings.GATEWAY_DRAIN_DELAY_SECONDS + settings.GATEWAY_DRAIN_SECONDS) * 1000;
  setTimeout(() => process.exit(1), patienceMs + CLOSE_MS).unref();
  await wait(settings.GATEWAY_DRAIN_DELAY_SECONDS * 1000);
  server.close();
  const deadline = performance.now() + settings.GATEWAY_DRAIN_SECONDS * 1000;
  while (gateway.inFlight > 0 && performance.now() < deadline) {
    server.closeIdleConnections();
    await wait(20);
  }
  server.closeAllConnections();
  await gateway.limits.stop();
  await stopListening?.();
  await follower.stop();
  await gateway.recorder.stop();
  await gateway.accessLog?.stop();
  await removeGatewayNode(node.id).catch(() => undefined);
  await Promise.all([gateway.upstreams.close(), closeCallRecords(), closeLimitCounters(), closeFeed(), closeDb()]);
  process.exit(0);
}

/** The parent of several workers asks for all of them (workers.ts). */
process.on("message", async ({ type, id }: Question) => {
  if (type === "readiness") process.send?.({ id, answer: { listening: server.listening, ...readinessOf(gateway) } });
  if (type === "metrics") process.send?.({ id, answer: await metrics.getMetricsAsJSON() });
});
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
// What logrotate sends. Without a log to reopen it ends the process, as it always does.
if (gateway.accessLog) process.on("SIGHUP", () => gateway.accessLog?.reopen());
// The parent that started us is gone.
process.on("disconnect", stop);
process.on("unhandledRejection", (reason) => {
  log.error({ reason: reason instanceof Error ? reason.stack : "unknown" }, "unhandled rejection");
});

server.once("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EADDRINUSE")
    refuseToStart(`port ${settings.GATEWAY_PORT} is in use; set GATEWAY_PORT to a free one`);
  refuseToStart(`cannot listen on ${address}: ${error.message}`);
});
if (!worker && settings.GATEWAY_ADMIN_PORT > 0) {
  await listenForAdmin(admin, settings.GATEWAY_ADMIN_HOST, settings.GATEWAY_ADMIN_PORT).catch((error: Error) =>
    refuseToStart(error.message),
  );
}
await start();
