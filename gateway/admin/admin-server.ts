import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { AggregatorRegistry, Registry } from "prom-client";
import { log } from "#lib/log.ts";
import type { MetricsJson } from "./families.ts";
import type { Readiness } from "./readiness.ts";

/** Where the answers come from: this process, or all workers of a gateway. */
export interface AdminSource {
  readiness(): Promise<Readiness & { workers?: unknown }>;
  /** One for each process. */
  metrics(): Promise<MetricsJson[]>;
}

/**
 * What operators' tools ask, on a port of its own that calls never reach: `/healthz` (the process answers), `/readyz`
 * (send it calls, or why not), `/metrics` (Prometheus text). Reads only; it has no sign-in, hence loopback by default.
 */
export function createAdminServer(source: AdminSource): Server {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000 }, (req, res) => {
    answer(source, req, res).catch((error: unknown) => {
      log.error({ reason: error instanceof Error ? error.stack : "unknown" }, "admin request failed");
      if (!res.headersSent) send(res, 500, "application/json", '{"status":"failed"}');
    });
  });
  server.maxConnections = 100;
  return server;
}

async function answer(source: AdminSource, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method !== "GET" && req.method !== "HEAD") {
    return send(res, 405, "application/json", '{"status":"only GET"}');
  }
  switch (req.url) {
    case "/healthz":
      return send(res, 200, "application/json", '{"status":"ok"}');
    case "/readyz": {
      const readiness = await source.readiness();
      return send(res, readiness.ready ? 200 : 503, "application/json", JSON.stringify(readiness));
    }
    case "/metrics": {
      const all = AggregatorRegistry.aggregate(await source.metrics());
      return send(res, 200, Registry.PROMETHEUS_CONTENT_TYPE, await all.metrics());
    }
    default:
      return send(res, 404, "application/json", '{"status":"there are /healthz, /readyz and /metrics"}');
  }
}

function send(res: ServerResponse, status: number, type: string, body: string): void {
  res.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(body),
    "x-content-type-options": "nosniff",
  });
  res.end(body);
}

/** Opens the admin port; resolves when it listens. Rejects with a line that names the setting. */
export function listenForAdmin(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          error.code === "EADDRINUSE"
            ? `port ${port} is in use; set GATEWAY_ADMIN_PORT to a free one, or to 0 for none`
            : `cannot listen on GATEWAY_ADMIN_HOST ${host}: ${error.message}`,
        ),
      );
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
}
