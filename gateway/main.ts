import { join } from "node:path";
import { closeCallRecords } from "#lib/call-record/write-call-records.ts";
import { closeDb } from "#lib/db/client.ts";
import { EnvError, env, installationSecrets } from "#lib/env.ts";
import { removeGatewayNode, sweepGatewayNodes } from "#lib/gateway-feed/gateway-node.ts";
import { listenForChanges } from "#lib/gateway-feed/listen-for-changes.ts";
import { readHorizon } from "#lib/gateway-feed/read-changes.ts";
import { newId } from "#lib/ids.ts";
import { closeLimitCounters } from "#lib/limit-counter/connection.ts";
import { log } from "#lib/log.ts";
import { parseAllowList } from "#lib/net/address-guard.ts";
import type { Gateway } from "./call.ts";
import { RedisLimits } from "./limits/redis-limits.ts";
import { SharedLimits } from "./limits/shared-limits.ts";
import { createGatewayServer } from "./server.ts";
import { ChangeFollower } from "./snapshot/follow-changes.ts";
import { loadAll } from "./snapshot/load.ts";
import { Snapshot } from "./snapshot/snapshot.ts";
import { Upstreams } from "./upstream/upstreams.ts";
import { Recorder } from "./usage/recorder.ts";

/** Default limit of a request's body. */
const BODY_BYTES_MAX = 10 * 1024 * 1024;
/** How long calls in flight may take to end when the process stops. */
const DRAIN_MS = 10_000;
/** Between two tries to load the snapshot while the database is away. */
const RETRY_MS = 1_000;

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
    return { ...settings, DATABASE_URL: settings.DATABASE_URL, allow: parseAllowList(settings.BACKEND_ALLOW) };
  } catch (error) {
    return refuseToStart(error instanceof Error ? error.message : "the environment is not valid");
  }
}

const settings = readSettings();
const node = { id: newId(), address: `${settings.GATEWAY_HOST}:${settings.GATEWAY_PORT}` };
const sharedLimits = new SharedLimits(node, { mayBeAlone: !settings.REDIS_URL });
const gateway: Gateway = {
  snapshot: new Snapshot(),
  upstreams: new Upstreams({ allow: settings.allow }),
  recorder: new Recorder({
    spoolFolder: join(settings.DATA_DIR, "gateway-spool"),
    spoolBytesMax: settings.CALL_RECORD_SPOOL_MB * 1024 * 1024,
    daysKept: settings.CALL_RECORD_DAYS,
  }),
  limits: settings.REDIS_URL ? new RedisLimits(settings.REDIS_URL, sharedLimits) : sharedLimits,
  publicProtocol: new URL(settings.GATEWAY_URL).protocol.slice(0, -1),
  bodyBytesMax: BODY_BYTES_MAX,
  ready: false,
  draining: false,
  inFlight: 0,
};
const server = createGatewayServer(gateway);
let follower: ChangeFollower | undefined;
let stopListening: (() => Promise<void>) | undefined;

/** Loads the snapshot, again until the database answers; calls meanwhile get 503 NOT_READY. */
async function load(): Promise<bigint> {
  for (;;) {
    try {
      const horizon = await readHorizon();
      const snapshot = new Snapshot();
      await loadAll(snapshot);
      gateway.snapshot = snapshot;
      return horizon;
    } catch (error) {
      if (gateway.draining) return 0n;
      log.warn(
        { reason: error instanceof Error ? error.message.slice(0, 300) : "unknown" },
        "cannot load the snapshot",
      );
      await wait(RETRY_MS);
    }
  }
}

async function start(): Promise<void> {
  const horizon = await load();
  if (gateway.draining) return;
  const own = new ChangeFollower(gateway.snapshot, node, horizon);
  follower = own;
  stopListening = listenForChanges(settings.DATABASE_URL, () => own.wake());
  own.wake();
  await sweepGatewayNodes().catch(() => undefined);
  await gateway.limits.start();
  gateway.ready = true;
  const { apis, applications, credentials } = gateway.snapshot;
  log.info(
    { address: node.address, apis: apis.size, applications: applications.size, credentials: credentials.size },
    "gateway ready",
  );
  process.send?.({ type: "ready" });
}

/** Stops accepting, lets calls in flight end, writes their records, leaves the list of gateways. */
async function stop(): Promise<void> {
  if (gateway.draining) return;
  gateway.draining = true;
  server.close();
  const deadline = Date.now() + DRAIN_MS;
  while (gateway.inFlight > 0 && Date.now() < deadline) {
    server.closeIdleConnections();
    await wait(20);
  }
  server.closeAllConnections();
  await gateway.limits.stop();
  await stopListening?.();
  await follower?.stop();
  await gateway.recorder.stop();
  await removeGatewayNode(node.id).catch(() => undefined);
  await Promise.all([gateway.upstreams.close(), closeCallRecords(), closeLimitCounters(), closeDb()]);
  process.exit(0);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
// The parent that started us is gone.
process.on("disconnect", stop);
process.on("unhandledRejection", (reason) => {
  log.error({ reason: reason instanceof Error ? reason.stack : "unknown" }, "unhandled rejection");
});

server.once("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EADDRINUSE")
    refuseToStart(`port ${settings.GATEWAY_PORT} is in use; set GATEWAY_PORT to a free one`);
  refuseToStart(`cannot listen on ${node.address}: ${error.message}`);
});
server.listen(settings.GATEWAY_PORT, settings.GATEWAY_HOST, () => void start());
