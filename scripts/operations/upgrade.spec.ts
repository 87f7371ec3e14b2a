import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMPILER_VERSION, NEWEST_FORM } from "#lib/api-definition/compiler.ts";
import { migrate } from "#lib/db/migrate.ts";
import { rollUpUsage } from "#lib/usage/roll-up-usage.ts";
import { type EmbeddedPostgres, freePort, startEmbeddedPostgres } from "#scripts/embedded-postgres.ts";
import { Callers, type Kind, statusOf } from "./upgrade/callers.ts";
import { OldVersion, type RunningGateway, startInstallation, whyNoOldVersion } from "./upgrade/old-version.ts";
import { StoredRows } from "./upgrade/stored-rows.ts";

// An installation of the old version, with data of every table and with calls running, becomes one of this version:
// the database is migrated below the old processes, this version starts beside them, then they end.

interface Pair {
  clientId: string;
  secret: string;
}
/** What old-portal.js has made. */
interface Made {
  slug: string;
  slugs: { catalog: string; slug: string }[];
  credentials: Record<"sandbox" | "production" | "networked" | "reset" | "counting", Pair>;
  revoked: Pair;
  apiKey: string;
  sessionId: string;
  invitationToken: string;
  /** Of an API that this version no longer compiles. */
  refusedApiId: string;
}

const absent = whyNoOldVersion();
if (absent) console.warn(`The upgrade is NOT tested: ${absent}.`);

const QUOTA = 40;
const API_KEY_GRANT = "urn:ibm:params:oauth:grant-type:apikey";
const password = randomBytes(15).toString("base64url");
const random = () => randomBytes(24).toString("base64url");
const dataDir = mkdtempSync(join(tmpdir(), "portico-upgrade-data-"));

let postgres: EmbeddedPostgres;
let database: pg.Client;
let backend: Server;
let backendUrl: string;
let env: NodeJS.ProcessEnv;
let old: OldVersion;
let before: RunningGateway;
let after: RunningGateway;
let made: Made;
/** Of the old version's tables, before anything of this version touched them. */
let rows: StoredRows;
let callers: Callers;
let ownerSessionId: string;
/** Calls made beside the callers. */
let singles = 0;

beforeAll(async () => {
  if (absent) return;
  backend = createServer((req, res) => {
    req.resume();
    res.end("ok");
  });
  await new Promise<void>((listening) => backend.listen(0, "127.0.0.1", listening));
  backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  postgres = await startEmbeddedPostgres(dataDir, { throwaway: true });
  const port = String(await freePort());
  env = {
    ...process.env,
    ...{ PEPPER: random(), SEAL_KEY: random(), SESSION_SECRET: random(), EXPLORE_KEY: random() },
    ...{ DATABASE_URL: postgres.url, DATA_DIR: dataDir, BACKEND_ALLOW: "127.0.0.0/8", LOG_LEVEL: "error" },
    // Both versions have one address each for portal and gateway: that is what tokens and sessions are made for.
    ...{ HOST: "127.0.0.1", PORT: port, PORTAL_URL: `http://127.0.0.1:${port}`, GATEWAY_URL: "https://api.example" },
    // Long enough for a balancer that asks /readyz to turn its clients elsewhere.
    ...{ GATEWAY_DRAIN_DELAY_SECONDS: "2" },
  };
  old = new OldVersion(env);
  await old.startPortal();
  await old.ask("migrate");
  database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
});

afterAll(async () => {
  await callers?.stop();
  await after?.stop();
  await before?.stop();
  await old?.remove();
  await database?.end();
  await postgres?.stop();
  backend?.closeAllConnections();
  backend?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const headersOf = ({ clientId, secret }: Pair) => ({ "x-ibm-client-id": clientId, "x-ibm-client-secret": secret });
const at = (catalog: string, api: string) => `/${made.slug}/${catalog}/${api}/x`;

async function count(sql: string): Promise<number> {
  const { rows: found } = await database.query<{ n: number }>(`select count(*)::int as n from ${sql}`);
  return found[0]?.n ?? 0;
}

/** Asks an installation's portal or gateway for a token. */
async function token(address: string, grant: Record<string, string>): Promise<string> {
  const response = await fetch(`${address}/oidc/token`, { method: "POST", body: new URLSearchParams(grant) });
  const { access_token } = (await response.json()) as { access_token: string };
  expect([response.status, typeof access_token]).toEqual([200, "string"]);
  return access_token;
}
const apiKeyGrant = () => ({ grant_type: API_KEY_GRANT, apikey: made.apiKey });
const pairGrant = ({ clientId, secret }: Pair) => ({
  ...{ grant_type: "client_credentials", client_id: clientId, client_secret: secret },
});

function single(gateway: RunningGateway, path: string, pair: Pair): Promise<number> {
  singles += 1;
  return statusOf(new URL(path, gateway.address), { headers: headersOf(pair), agent: false });
}

/** So many calls at once of the application that may make forty a month. */
const counted = (gateway: RunningGateway, times: number): Promise<number[]> =>
  Promise.all(
    Array.from({ length: times }, () => single(gateway, at("sandbox", "counted"), made.credentials.counting)),
  );
const allOk = (times: number) => Array.from({ length: times }, () => 200);

/** A page of this version's portal, by whoever holds the session. */
async function page(path: string, sessionId?: string): Promise<string> {
  const headers: Record<string, string> = {};
  if (sessionId) {
    const cookie = await encode({ token: { sid: sessionId }, secret: env.SESSION_SECRET ?? "" });
    headers.cookie = `next-auth.session-token=${cookie}`;
  }
  const response = await fetch(new URL(path, env.PORTAL_URL), { headers });
  expect([path, response.status]).toEqual([path, 200]);
  return response.text();
}

/** Signs in as the sign-in page does; whether there is a session afterwards. */
async function signsIn(email: string, typed: string): Promise<boolean> {
  const own = { origin: env.PORTAL_URL ?? "" };
  const first = await fetch(`${env.PORTAL_URL}/api/auth/csrf`, { headers: own });
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const answer = await fetch(`${env.PORTAL_URL}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: {
      ...own,
      cookie: first.headers
        .getSetCookie()
        .map((cookie) => cookie.split(";")[0])
        .join("; "),
    },
    body: new URLSearchParams({ csrfToken, email, password: typed, json: "true" }),
  });
  return answer.headers.getSetCookie().some((cookie) => /session-token=\S{20}/.test(cookie));
}

describe.skipIf(absent)("an installation of 6d82abc becomes one of this version", () => {
  test("the old version has made data of every table, and is called without a pause", async () => {
    made = await old.ask<Made>("make", { backendUrl, password });
    before = await old.startGateway();
    const { sandbox, production, networked, reset } = made.credentials;
    const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
    const orders = at("sandbox", "orders");
    const kinds: Kind[] = [
      { name: "pair", path: orders, headers: headersOf(sandbox) },
      { name: "production", path: at("production", "orders"), headers: headersOf(production) },
      { name: "networks and scope", path: orders, headers: headersOf(networked) },
      { name: "secret that was reset", path: orders, headers: headersOf(reset) },
      { name: "token of a pair", path: orders, headers: bearer(await token(before.address, pairGrant(sandbox))) },
      { name: "token of an API key", path: orders, headers: bearer(await token(before.address, apiKeyGrant())) },
      { name: "no longer compiles", path: at("sandbox", "refused"), headers: {} },
      { name: "open", path: at("production", "open"), headers: {} },
    ];
    singles += 2;
    callers = new Callers(before.address, kinds);
    await callers.until(200);
    expect(await counted(before, 15)).toEqual(allOk(15));
    rows = await StoredRows.read(database);
    // The counters and records of the calls are written a moment after them. A table that stays empty was forgotten here.
    await expect.poll(() => rows.emptyTables(), { timeout: 20_000 }).toEqual([]);
  });

  test("migrations keep every row and value of the old version, and its portal and gateway work on", async () => {
    const applied = await migrate(postgres.url);
    expect(await rows.lost()).toEqual([]);
    const late = await old.ask<{ credential: Pair }>("work", { ...made, backendUrl, password });
    expect(await single(before, at("sandbox", "orders"), late.credential)).toBe(200);
    process.stdout.write(`   ${applied.length} migrations below the old version\n`);
  });

  test("this version starts beside it; what either changes is known to both, and limits are counted together", async () => {
    const ports = [await freePort(), await freePort(), await freePort()].map(String);
    const [GATEWAY_PORT = "", GATEWAY_ADMIN_PORT = "", SAMPLE_PORT = ""] = ports;
    const own = { GATEWAY_HOST: "127.0.0.1", GATEWAY_PORT, GATEWAY_ADMIN_PORT, SAMPLE_PORT, GATEWAY_WORKERS: "2" };
    after = await startInstallation({ ...env, ...own, SEED: "none", DATA_DIR: join(dataDir, "new") });
    const later = await old.ask<{ credential: Pair; sessionId: string }>("work", { ...made, backendUrl, password });
    ownerSessionId = later.sessionId;
    for (const gateway of [before, after]) {
      expect(await single(gateway, at("sandbox", "orders"), later.credential)).toBe(200);
      expect(await single(gateway, at("sandbox", "orders"), made.revoked)).toBe(401);
      expect(await counted(gateway, 5)).toEqual(allOk(5));
    }
  });

  test("what the old version published is compiled anew, in the form that its gateway reads, and what is refused serves on", async () => {
    const live = `"ApiRevision" r where exists (select 1 from "PublishedApi" p where p."revisionId" = r.id)`;
    const open = `r."compilerVersion" < ${COMPILER_VERSION} and r."problemVersion" is distinct from ${COMPILER_VERSION}`;
    const older = () => count(`${live} and ${open}`);
    await expect.poll(older, { timeout: 60_000, interval: 200 }).toBe(0);
    expect(await count(`${live} and (r.form > 1 or r.compiled->>'format' <> '1')`)).toBe(0);
    expect(await count(`${live} and (r.problem is null) <> (r.title <> 'Refused')`)).toBe(0);
  });

  test("then it takes over: of all calls from first to last none has failed", async () => {
    // As a balancer does: the clients of one that stops go elsewhere, those of its calls that are under way end.
    callers.move(after.address);
    await callers.until(200);
    expect(await before.stop()).toBe(0);
    await callers.until(200);
    expect(callers.failed()).toEqual([]);
  });

  test("every link, session, invitation, password, pair and key of the old version works in this one", async () => {
    expect(made.slugs.length).toBeGreaterThan(5);
    for (const { catalog, slug } of made.slugs) {
      const title = slug.split("-")[0] ?? "";
      for (const where of ["apis", "explore"]) {
        expect((await page(`/${where}/${made.slug}/${catalog}/${encodeURIComponent(slug)}`)).toLowerCase()).toContain(
          title,
        );
      }
    }
    // Published by the old portal after the migration.
    expect(await page(`/apis/${made.slug}/sandbox/late-1-1.0.0`)).toContain("Late 1");
    expect(await page(`/invitations/${made.invitationToken}`)).toContain("Join Acme");
    const applications = await page("/applications", made.sessionId);
    for (const name of ["Storefront", "Counting", "Asking", "Late 1"]) expect(applications).toContain(name);
    for (const path of [`drafts/apis/${made.refusedApiId}`, "catalogs/sandbox/products"]) {
      const told = await page(`/provider/${made.slug}/${path}`, ownerSessionId);
      expect(told).toMatch(/can no longer be compiled[\s\S]*The reason: [\s\S]*Line \d+, column \d+/);
    }
    for (const name of ["jo", "mira", "ada"]) expect(await signsIn(`${name}@upgrade.example`, password)).toBe(true);
    expect(await signsIn("mira@upgrade.example", `${password}x`)).toBe(false);
    for (const pair of Object.values(made.credentials)) await token(env.PORTAL_URL ?? "", pairGrant(pair));
    await token(env.PORTAL_URL ?? "", apiKeyGrant());
  });

  test("the window of a limit goes on where it was, and every call is recorded once", async () => {
    await callers.stop();
    const rest = await counted(after, QUOTA - 25 + 3);
    expect(rest.filter((status) => status === 200).length).toBe(QUOTA - 25);
    expect(rest.filter((status) => status === 429).length).toBe(3);
    // When the last old gateway is gone, everything is written in the newest form.
    const newest = () =>
      count(
        `"ApiRevision" r join "PublishedApi" p on p."revisionId" = r.id and r.form <> ${NEWEST_FORM} and r.problem is null`,
      );
    await expect.poll(newest, { timeout: 60_000, interval: 200 }).toBe(0);
    expect(await single(after, at("sandbox", "orders"), made.credentials.sandbox)).toBe(200);
    expect(await after.stop()).toBe(0);
    expect(callers.failed()).toEqual([]);
    expect(await count(`"CallRecord"`)).toBe(callers.total + singles);
    // The old version counted none of its own: usage has them all the same, each once, and the second time finds nothing.
    process.env.DATABASE_URL = postgres.url;
    await rollUpUsage(30, { all: true });
    expect(await rollUpUsage(30, { all: true })).toMatchObject({ corrected: 0 });
    const { rows } = await database.query(`
      select (select count(*) filter (where channel is null) > 0 from "CallRecord") as "old",
        (select count(*) from "CallRecord" where "apiId" is not null)
          - (select sum(ok + "clientError" + "refusedByLimit" + refused + "serverError") from "UsageHour") as "missing",
        (select sum(ok) from "UsageHour") - (select sum(ok) from "UsageDay") as "lost"`);
    expect(rows).toEqual([{ old: true, missing: "0", lost: "0" }]);
    process.stdout.write(`   ${callers.total + singles} calls\n`);
  });
});
