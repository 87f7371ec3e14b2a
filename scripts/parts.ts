import { join } from "node:path";
import type { Settings } from "#lib/env.ts";
import { heapBounds, heapFlag } from "#lib/heap.ts";
import { root } from "./child.ts";
import { LogFile } from "./log-file.ts";
import { answersHttp, type Part } from "./supervisor.ts";

export type Mode = "production" | "development";

/** Where a server that listens on every address is reached from here. */
const local = (host: string): string => (host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host);

/** The environment of every child: the operator's, with our settings and secrets spelled out. */
export function childEnvironment(
  settings: Settings,
  secrets: Record<string, string>,
  databaseUrl: string,
  mode: Mode,
): NodeJS.ProcessEnv {
  const { HOST, PORT, PORTAL_URL, GATEWAY_HOST, GATEWAY_PORT, GATEWAY_URL, SAMPLE_PORT, DATA_DIR } = settings;
  return {
    ...process.env,
    ...secrets,
    HOST,
    PORT: String(PORT),
    PORTAL_URL,
    GATEWAY_HOST,
    GATEWAY_PORT: String(GATEWAY_PORT),
    GATEWAY_URL,
    SAMPLE_PORT: String(SAMPLE_PORT),
    DATA_DIR,
    // The sample backend is ours, on loopback; nothing else of this machine is opened by it.
    BACKEND_ALLOW:
      settings.SEED === "sample" ? `${settings.BACKEND_ALLOW},127.0.0.1:${SAMPLE_PORT}` : settings.BACKEND_ALLOW,
    IMPORT_ALLOW: settings.IMPORT_ALLOW,
    LOG_LEVEL: settings.LOG_LEVEL,
    DATABASE_URL: databaseUrl,
    NEXTAUTH_URL: PORTAL_URL,
    NEXTAUTH_SECRET: secrets.SESSION_SECRET,
    NEXT_TELEMETRY_DISABLED: "1",
    NODE_ENV: mode,
  };
}

/**
 * How long the portal keeps an idle connection: longer than the proxies and clients that pool theirs (mostly 60 s).
 * Node's 5 s close a connection in the very moment in which it is used again.
 */
const KEEP_ALIVE_MS = 75_000;

/** Beyond the time for draining: the gateway writes its records, and its parent waits for all its processes. */
const GATEWAY_CLOSE_MS = 12_000;

/** What `npm start` and `npm run dev` keep running, in the order of their start. */
export function parts(settings: Settings, env: NodeJS.ProcessEnv, mode: Mode): Part[] {
  const log = (name: string) => new LogFile(join(settings.DATA_DIR, "logs", `${name}.log`));
  const portalCommand = mode === "development" ? ["dev"] : ["start", "--keepAliveTimeout", String(KEEP_ALIVE_MS)];
  const { portalMb, gatewayMb } = heapBounds(settings.GATEWAY_WORKERS);
  const portalAt = ["--hostname", settings.HOST, "--port", String(settings.PORT)];
  return [
    { name: "sample backend", args: [join(root, "scripts/sample-backend.ts")], env, log: log("sample-backend") },
    {
      name: "gateway",
      args: [
        // Its workers inherit it.
        ...heapFlag(gatewayMb),
        ...(mode === "development" ? ["--watch", "--watch-preserve-output"] : []),
        join(root, "gateway/workers.ts"),
      ],
      // As gateway/workers.ts does for its own: memory goes back to the system.
      env: { MALLOC_MMAP_THRESHOLD_: "131072", ...env },
      log: log("gateway"),
      stopMs: (settings.GATEWAY_DRAIN_DELAY_SECONDS + settings.GATEWAY_DRAIN_SECONDS) * 1000 + GATEWAY_CLOSE_MS,
    },
    {
      name: "portal",
      args: [
        ...heapFlag(portalMb),
        ...["--import", join(root, "scripts/portal-peer.ts")],
        // A developer reads the lines as Next writes them.
        ...(mode === "production" ? ["--import", join(root, "scripts/portal-log.ts")] : []),
        ...[join(root, "node_modules/next/dist/bin/next"), ...portalCommand, ...portalAt],
      ],
      env,
      log: log("portal"),
      // A static file: it says that the server listens, and costs no database call.
      answers: () => answersHttp(`http://${local(settings.HOST)}:${settings.PORT}/mark.svg`),
    },
  ];
}
