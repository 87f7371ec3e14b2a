import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "#lib/db/migrate.ts";
import { root } from "#scripts/child.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#scripts/embedded-postgres.ts";
import { Callers, type Kind, statusOf } from "./upgrade/callers.ts";
import { OldVersion, type RunningGateway, startGateway, whyNoOldVersion } from "./upgrade/old-version.ts";

// An installation of the old version, with data of every table and with calls running, becomes one of this version:
// the database is migrated below the old processes, this version starts beside them, then they end.

interface Pair {
  clientId: string;
  secret: string;
}
interface Made {
  slug: string;
  slugs: { catalog: string; slug: string }[];
  credentials: Record<"sandbox" | "production" | "networked" | "reset" | "counting", Pair>;
  revoked: Pair;
  apiKey: string;
}

const absent = whyNoOldVersion();
if (absent) console.warn(`The upgrade is NOT tested: ${absent}.`);

const QUOTA = 40;
const password = randomBytes(15).toString("base64url");
const random = () => randomBytes(24).toString("base64url");
const dataDir = mkdtempSync(join(tmpdir(), "portico-upgrade-data-"));

let postgres: EmbeddedPostgres;
let database: pg.Client;
let backend: Server;
let backendUrl: string;
let env: NodeJS.ProcessEnv;
let old: OldVersion;

beforeAll(async () => {
  if (absent) return;
  backend = createServer((req, res) => {
    req.resume();
    res.end("ok");
  });
  await new Promise<void>((listening) => backend.listen(0, "127.0.0.1", listening));
  backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  postgres = await startEmbeddedPostgres(dataDir, { throwaway: true });
  const secrets = { PEPPER: random(), SEAL_KEY: random(), SESSION_SECRET: random(), EXPLORE_KEY: random() };
  // Both versions have one address: that of the balancer, which is what tokens are made for.
  const addresses = { PORTAL_URL: "https://portal.example", GATEWAY_URL: "https://api.example" };
  const settings = { BACKEND_ALLOW: "127.0.0.0/8", LOG_LEVEL: "error", DATABASE_URL: postgres.url, DATA_DIR: dataDir };
  env = { ...process.env, ...secrets, ...addresses, ...settings };
  old = new OldVersion(env);
  await old.startPortal();
  await old.ask("migrate");
  database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
});

afterAll(async () => {
  await old?.remove();
  await database?.end();
  await postgres?.stop();
  backend?.closeAllConnections();
  backend?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const headersOf = ({ clientId, secret }: Pair) => ({
  "x-ibm-client-id": clientId,
  "x-ibm-client-secret": secret,
});

/** Tables, each partitioned one once; not Prisma's own. */
async function tables(): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname <> '_prisma_migrations' order by relname`);
  return rows.map(({ name }) => name);
}

const count = async (table: string): Promise<number> =>
  (await database.query<{ n: number }>(`select count(*)::int as n from "${table}"`)).rows[0]?.n ?? 0;

async function token(gateway: RunningGateway, grant: Record<string, string>): Promise<string> {
  const response = await fetch(`${gateway.address}/oidc/token`, { method: "POST", body: new URLSearchParams(grant) });
  const { access_token } = (await response.json()) as { access_token: string };
  expect([response.status, typeof access_token]).toEqual([200, "string"]);
  return access_token;
}

test.skipIf(absent)(
  "an installation of 6d82abc becomes one of this version: no call fails, all that it held works and counts on",
  async () => {
    const made = await old.ask<Made>("make", { backendUrl, password });
    const before = await old.startGateway();
    const { sandbox, production, networked, reset, counting } = made.credentials;
    const at = (catalog: string, api: string) => `/${made.slug}/${catalog}/${api}/x`;
    const apiKeyGrant = { grant_type: "urn:ibm:params:oauth:grant-type:apikey", apikey: made.apiKey };
    const pairGrant = { grant_type: "client_credentials", client_id: sandbox.clientId, client_secret: sandbox.secret };
    const tokens = { key: await token(before, apiKeyGrant), pair: await token(before, pairGrant) };
    const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
    const kinds: Kind[] = [
      { name: "pair", path: at("sandbox", "orders"), headers: headersOf(sandbox) },
      { name: "production", path: at("production", "orders"), headers: headersOf(production) },
      { name: "networks and scope", path: at("sandbox", "orders"), headers: headersOf(networked) },
      { name: "secret that was reset", path: at("sandbox", "orders"), headers: headersOf(reset) },
      { name: "token of a pair", path: at("sandbox", "orders"), headers: bearer(tokens.pair) },
      { name: "token of an API key", path: at("sandbox", "orders"), headers: bearer(tokens.key) },
      { name: "open", path: at("production", "open"), headers: {} },
    ];
    const single = (gateway: RunningGateway, path: string, pair: Pair) =>
      statusOf(new URL(path, gateway.address), { headers: headersOf(pair), agent: false });
    let singles = 0;
    const counted = async (gateway: RunningGateway, times: number): Promise<number[]> => {
      singles += times;
      return Promise.all(Array.from({ length: times }, () => single(gateway, at("sandbox", "counted"), counting)));
    };
    const allOk = (times: number) => Array.from({ length: times }, () => 200);

    const callers = new Callers(before.address, kinds);
    await callers.until(200);
    expect(await counted(before, 15)).toEqual(allOk(15));

    // The database is migrated below the old processes, and providers and developers go on working in the old portal.
    const oldTables = await tables();
    const applied = await migrate(postgres.url);
    const workWith = { ...made, backendUrl, password };
    const late = await old.ask<{ credential: Pair }>("work", workWith);
    expect(await single(before, at("sandbox", "orders"), late.credential)).toBe(200);
    singles += 1;

    // This version beside the old one: what is changed by either is known to both.
    const after = await startGateway(root, env);
    const later = await old.ask<{ credential: Pair }>("work", workWith);
    for (const gateway of [before, after]) {
      expect(await single(gateway, at("sandbox", "orders"), later.credential)).toBe(200);
      expect(await single(gateway, at("sandbox", "orders"), made.revoked)).toBe(401);
      expect(await counted(gateway, 5)).toEqual(allOk(5));
      singles += 2;
    }

    // As a balancer does: the clients of one that stops go elsewhere, those of its calls that are under way end.
    callers.move(after.address);
    await callers.until(200);
    expect(await before.stop()).toBe(0);
    await callers.until(400);
    await callers.stop();
    expect(callers.failed()).toEqual([]);

    // The window goes on where it was: 25 of 40 are used.
    const rest = await counted(after, QUOTA - 25 + 3);
    expect(rest.filter((status) => status === 200).length).toBe(QUOTA - 25);
    expect(rest.filter((status) => status === 429).length).toBe(3);

    // Nothing was forgotten: an old table without a row would have been upgraded untried.
    const empty: string[] = [];
    for (const table of oldTables) if ((await count(table)) === 0) empty.push(table);
    expect(empty).toEqual([]);

    expect(await after.stop()).toBe(0);
    // Of the calls that were answered, and of the two that asked for a token.
    expect(await count("CallRecord")).toBe(callers.total + singles + 2);
    process.stdout.write(`   ${applied.length} migrations, ${callers.total} calls, none failed\n`);
  },
);
