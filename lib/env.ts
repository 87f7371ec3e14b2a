import { resolve } from "node:path";
import { z } from "zod";
import { parseAllowList } from "#lib/net/address-guard.ts";

/** Words that stand for "put your own here"; a start with one of them is refused (T40). */
const EXAMPLE_SECRET = /^(change[-_ ]?me|secret|example|password|test|default|your[-_ ].*|x+|0+)$/i;

const port = (fallback: number) => z.coerce.number().int().min(1).max(65535).default(fallback);
const secret = (name: string) =>
  z
    .string({ error: `${name} is missing` })
    .min(32, `${name} must have at least 32 characters`)
    .refine((v) => !EXAMPLE_SECRET.test(v) && new Set(v).size >= 10, `${name} is an example value, make a random one`);

/** Checked when it is read, so that a start says what is wrong. */
const allowList = (name: string) =>
  z.string().superRefine((text, context) => {
    try {
      parseAllowList(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: `${name}: ${(error as Error).message}` });
    }
  });

const settings = z.object({
  /** The portal's address to bind; loopback unless the operator says otherwise. */
  HOST: z.string().default("127.0.0.1"),
  PORT: port(3000),
  /** What a browser types; no trailing slash. */
  PORTAL_URL: z.url().optional(),
  GATEWAY_HOST: z.string().default("127.0.0.1"),
  GATEWAY_PORT: port(8080),
  GATEWAY_URL: z.url().optional(),
  /** Calls that one gateway process serves at a time, those that stream included; more get 503. About 50 KB each. */
  GATEWAY_CALLS_MAX: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  /** Of those, calls from one client address (IPv6: its /64); a fourth unless set. */
  GATEWAY_CALLS_PER_ADDRESS: z.coerce.number().int().min(1).max(1_000_000).optional(),
  /** Connections of one gateway process from one address, trusted proxies apart, and from all; more are closed at once. */
  GATEWAY_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).max(1_000_000).optional(),
  GATEWAY_CONNECTIONS_MAX: z.coerce.number().int().min(1).max(1_000_000).optional(),
  /** Connections of one gateway process to one backend. More calls wait five seconds for a free one, then get 503. */
  GATEWAY_BACKEND_CONNECTIONS_MAX: z.coerce.number().int().min(1).max(100_000).default(256),
  /** Longest body of a request, MiB; more get 413. */
  GATEWAY_BODY_MB: z.coerce.number().int().min(1).max(1_048_576).default(10),
  /** Memory of one gateway process for bodies that checks and policies hold, MiB; more get 503. */
  GATEWAY_HELD_MB: z.coerce.number().int().min(1).max(1_048_576).default(64),
  /** Failed authentications that one client address may have at once; one a second comes back. More get 429. */
  GATEWAY_FAILURES_MAX: z.coerce.number().int().min(1).max(1_000_000_000).default(100),
  /** Connections of the portal from one address (IPv6: one /64), proxies apart, and from all; more are closed at once. */
  PORTAL_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).max(1_000_000).default(256),
  PORTAL_CONNECTIONS_MAX: z.coerce.number().int().min(1).max(1_000_000).default(4_096),
  /** Wrong passwords of one account from one address (IPv6: one /64) in 15 minutes; then sign-in pauses there. */
  SIGN_IN_FAILURES_MAX: z.coerce.number().int().min(1).max(1_000_000_000).default(10),
  /** Wrong passwords from one address in 15 minutes, whatever the account. */
  ADDRESS_FAILURES_MAX: z.coerce.number().int().min(1).max(1_000_000_000).default(100),
  /** Accounts that one address may make in an hour. */
  SIGN_UPS_MAX: z.coerce.number().int().min(1).max(1_000_000_000).default(20),
  /** Organizations that one person may found in an hour. */
  ORGANIZATIONS_MAX: z.coerce.number().int().min(1).max(1_000_000_000).default(10),
  /** Comma-separated addresses and networks of proxies in front of gateway and portal, whose X-Forwarded-For is believed. */
  TRUSTED_PROXIES: z.string().default(""),
  /** Days that call records are kept. */
  CALL_RECORD_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  /** Largest size of all call records together in the database; beyond it the oldest days go. 0 = as large as they get. */
  CALL_RECORD_GB: z.coerce.number().int().min(0).max(1_000_000).default(0),
  /** Call records that wait on disk while the database is away, a gateway process. Beyond it the oldest are dropped. */
  CALL_RECORD_SPOOL_MB: z.coerce.number().int().min(16).max(1_048_576).default(1_024),
  /** Processes of one gateway, sharing its port. */
  GATEWAY_WORKERS: z.coerce.number().int().min(1).max(64).default(1),
  /** Health, readiness and metrics; loopback unless the operator says otherwise. Port 0 = off. */
  GATEWAY_ADMIN_HOST: z.string().default("127.0.0.1"),
  GATEWAY_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(8081),
  /** A gateway that has not heard from the database for longer refuses calls (503 STALE); 0 = never. */
  GATEWAY_STALE_SECONDS: z.coerce.number().int().min(0).max(31_536_000).default(86_400),
  /** At a stop: how long `/readyz` says no while calls are still taken, then how long those in flight may take to end. */
  GATEWAY_DRAIN_DELAY_SECONDS: z.coerce.number().int().min(0).max(600).default(0),
  GATEWAY_DRAIN_SECONDS: z.coerce.number().int().min(0).max(3_600).default(10),
  /** One JSON line a call: "off", "stdout", or the path of a file. */
  GATEWAY_ACCESS_LOG: z.string().default("off"),
  SAMPLE_PORT: port(4010),
  DATA_DIR: z.string().default(".data"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "DATABASE_URL must start with postgres://")
    .optional(),
  /** Where several gateways count calls together; without it they do so through the database. */
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, "REDIS_URL must start with redis:// or rediss://")
    .optional(),
  SEED: z.enum(["sample", "none"]).default("sample"),
  /**
   * Comma-separated addresses, `address:port` and CIDRs, otherwise refused, that backends may have, and that definitions
   * may be imported from; "none" for none. Default: loopback while both addresses of the installation name this machine.
   */
  BACKEND_ALLOW: allowList("BACKEND_ALLOW").optional(),
  IMPORT_ALLOW: allowList("IMPORT_ALLOW").optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

/** Secrets of the installation; made at first run into DATA_DIR/secrets.json by scripts/start, or given by the environment. */
const secrets = z.object({
  /** Key of the verifiers (gateway.md part 7), never in the database. */
  PEPPER: secret("PEPPER"),
  /** AES-256-GCM key material for what must be recoverable: backend passwords, sandbox test values. */
  SEAL_KEY: secret("SEAL_KEY"),
  /** Signs the portal's session cookie. */
  SESSION_SECRET: secret("SESSION_SECRET"),
  /** Explore grants' secrets are derived from it and stored nowhere. */
  EXPLORE_KEY: secret("EXPLORE_KEY"),
});

type Defaulted = "PORTAL_URL" | "GATEWAY_URL" | "BACKEND_ALLOW" | "IMPORT_ALLOW";
export type Settings = z.infer<typeof settings> & Record<Defaulted, string>;
export type Secrets = z.infer<typeof secrets>;
export const secretNames = Object.keys(secrets.shape) as (keyof Secrets)[];

/** One line that says which variable is wrong and why; values are never repeated, they may be secrets. */
export class EnvError extends Error {}

function parse<T>(schema: z.ZodType<T>, source: NodeJS.ProcessEnv): T {
  // An empty variable counts as absent: that is what `FOO= npm start` means.
  const given = Object.fromEntries(Object.entries(source).filter(([, v]) => v !== undefined && v !== ""));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const name = String(issue?.path[0] ?? "environment");
  const message = issue?.message ?? "is not valid";
  throw new EnvError(message.startsWith(name) ? message : `${name}: ${message}`);
}

/** Settings with their defaults; DATA_DIR absolute. Throws EnvError. */
export function readSettings(source: NodeJS.ProcessEnv = process.env): Settings {
  const s = parse(settings, source);
  const PORTAL_URL = (s.PORTAL_URL ?? `http://localhost:${s.PORT}`).replace(/\/$/, "");
  const GATEWAY_URL = (s.GATEWAY_URL ?? `http://localhost:${s.GATEWAY_PORT}`).replace(/\/$/, "");
  // Somebody who tries it out has backends on their own machine; where others sign up, that machine is not theirs to call.
  const reachable = namesThisMachine(PORTAL_URL) && namesThisMachine(GATEWAY_URL) ? LOOPBACK : NO_ADDRESS;
  const { BACKEND_ALLOW = reachable, IMPORT_ALLOW = reachable } = s;
  return { ...s, DATA_DIR: resolve(s.DATA_DIR), PORTAL_URL, GATEWAY_URL, BACKEND_ALLOW, IMPORT_ALLOW };
}

const LOOPBACK = "127.0.0.0/8,::1/128";
const NO_ADDRESS = "none";

/** Whether an address is one that only this machine has: localhost, 127/8, ::1. */
export const namesThisMachine = (url: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);

/** The installation's secrets. Throws EnvError when one is missing, short or an example. */
export const readSecrets = (source: NodeJS.ProcessEnv = process.env): Secrets => parse(secrets, source);

let cachedSettings: Settings | undefined;
let cachedSecrets: Secrets | undefined;

/** Settings of this process, read once. */
export function env(): Settings {
  cachedSettings ??= readSettings();
  return cachedSettings;
}

/** Secrets of this process, read once. */
export function installationSecrets(): Secrets {
  cachedSecrets ??= readSecrets();
  return cachedSecrets;
}
