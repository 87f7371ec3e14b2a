import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CallMetrics } from "#gateway/admin/call-metrics.ts";
import { Admission } from "#gateway/admission/admission.ts";
import type { Call, Gateway } from "#gateway/call.ts";
import { SharedLimits } from "#gateway/limits/shared-limits.ts";
import { createGatewayServer } from "#gateway/server.ts";
import { compileApi } from "#gateway/snapshot/compile-api.ts";
import { Snapshot } from "#gateway/snapshot/snapshot.ts";
import { Upstreams } from "#gateway/upstream/upstreams.ts";
import { newId } from "#lib/ids.ts";
import { backendRow } from "#lib/test-kit/backend-row.ts";
import { operation } from "./own-fixture.ts";

/** A listener in this process with APIs that anybody may call, so that a test can look into it. */
export interface OwnListener {
  base: string;
  server: Server;
  gateway: Gateway;
  /** Calls that have ended. */
  ended: Call[];
  /** Serves GET, POST and HEAD of `/acme/sandbox<basePath>/x` from a backend. */
  put(basePath: string, backendUrl: string): void;
  stop(): void;
}

export async function startOwnListener(admission = new Admission()): Promise<OwnListener> {
  const snapshot = new Snapshot();
  const ended: Call[] = [];
  const put = (basePath: string, url: string) =>
    snapshot.putApi(
      compileApi({
        id: basePath,
        apiDefinitionId: basePath,
        catalogId: "catalog",
        catalogSlug: "sandbox",
        catalogKind: "sandbox",
        organizationId: "organization",
        pathPrefix: "acme",
        basePath,
        compiled: {
          format: 1,
          basePath,
          enforced: true,
          schemes: {},
          forwardsAuthorization: false,
          operations: ["GET", "POST", "HEAD"].map((method) => operation(method, "/x")),
        },
        backend: backendRow(url, { connectTimeoutMs: 30_000, responseTimeoutMs: 30_000 }),
      }),
    );
  const upstreams = new Upstreams({ allow: ["127.0.0.0/8"] });
  const recorder = { add: (call: Call) => void ended.push(call) } as Gateway["recorder"];
  const rest = { publicProtocol: "http", bodyBytesMax: 1_048_576, ready: true, draining: false, inFlight: 0 };
  const limits = new SharedLimits({ id: newId(), address: "" }, { mayBeAlone: false });
  const freshness = { heardAtMs: 0, freshUntilMs: Number.POSITIVE_INFINITY, gatewaysAlive: 1, keyFaults: [] };
  const watched = { ...freshness, metrics: new CallMetrics(), accessLog: null };
  const gateway = { snapshot, upstreams, recorder, limits, admission, ...rest, ...watched };
  const server = createGatewayServer(gateway).listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.closeAllConnections();
    server.close();
    upstreams.close();
  };
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { base, server, gateway, ended, put, stop };
}
