import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { operation, pairHeaders, pairInHeaders, pairInQuery } from "#gateway/conformance/kit/own-fixture.ts";
import { type OwnGateway, startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import {
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  makePlace,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#scripts/embedded-postgres.ts";

// Records of calls through the death of Postgres and of the gateway. It stops and starts both, so it needs its own.

const dataDir = mkdtempSync(join(tmpdir(), "portico-recording-"));
const spool = join(dataDir, "gateway-spool");
const backendCanary = "canary-of-a-backend";

let postgres: EmbeddedPostgres;
let gateway: OwnGateway;
let backend: RecordingBackend;
let inHeaders: FixturePublished;
let inQuery: FixturePublished;
let credential: FixtureCredential;

/** With the durability of an installation: what Postgres acknowledged has to survive its own death. */
const startPostgres = async () => {
  const port = postgres && { port: postgres.port };
  postgres = await startEmbeddedPostgres(dataDir, { throwaway: true, durable: true, ...port });
};
const killPostgres = async () => {
  await closeDb();
  postgres.kill();
  await postgres.ended;
};
const start = async () => {
  gateway = await startGateway(postgres.url, { env: { DATA_DIR: dataDir } });
};
const killGateway = async () => {
  const ended = new Promise((done) => gateway.process.once("exit", done));
  gateway.process.kill("SIGKILL");
  await ended;
};

/** Calls one after the other until `enough`; request ID and time of each answer. */
async function callWhile(busy: () => boolean): Promise<{ id: string; at: number }[]> {
  const answered: { id: string; at: number }[] = [];
  while (busy()) {
    const answer = await call(`${inHeaders.path}/x`, { headers: pairHeaders(credential) }, gateway.address).catch(
      () => {
        // Cut off by the death of the gateway.
      },
    );
    if (!answer) break;
    expect(answer.status).toBe(200);
    answered.push({ id: answer.headers["x-request-id"] ?? "", at: performance.now() });
  }
  return answered;
}

const callFor = (ms: number) => {
  const until = performance.now() + ms;
  return callWhile(() => performance.now() < until);
};

/** Waits until each is stored, and shows that none is stored twice. */
async function allStoredOnce(answered: { id: string }[]): Promise<void> {
  expect(answered.length).toBeGreaterThan(0);
  const ids = answered.map(({ id }) => id);
  await vi.waitFor(
    async () => {
      const rows = await db().$queryRaw<{ stored: number; different: number }[]>`
        select count(*)::int as stored, count(distinct "requestId")::int as different
        from "CallRecord" where "requestId" = any(${ids}::uuid[])`;
      expect(rows[0]).toEqual({ stored: ids.length, different: ids.length });
    },
    { timeout: 40_000, interval: 200 },
  );
}

const spoolText = () =>
  existsSync(spool)
    ? readdirSync(spool)
        .flatMap((folder) =>
          readdirSync(join(spool, folder)).map((file) => readFileSync(join(spool, folder, file), "utf8")),
        )
        .join("")
    : "";

describe("call records", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    await startPostgres();
    await migrate(postgres.url);
    process.env.DATABASE_URL = postgres.url;
    await closeDb();
    backend = await startBackend();
    await start();
    const place = await makePlace();
    const operations = [operation("GET", "/x", [["id", "secret"]])];
    const signIn = { authKind: "basic" as const, username: "portico", password: backendCanary };
    const common = { place, backendUrl: backend.url, backend: signIn, operations };
    inHeaders = await publish({ ...common, basePath: "/h", schemes: pairInHeaders });
    inQuery = await publish({ ...common, basePath: "/q", schemes: pairInQuery });
    const applicationId = await makeApplication(place);
    for (const api of [inHeaders, inQuery]) await subscribe(applicationId, api);
    credential = await makeCredential(applicationId);
  });
  afterAll(async () => {
    await gateway?.stop();
    await backend?.stop();
    await closeDb();
    await postgres?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("Postgres killed under load and started again: no call failed, each record is there, once", async () => {
    let over = false;
    const calling = Promise.all([callWhile(() => !over), callWhile(() => !over)]);
    await callFor(500);
    await killPostgres();
    await vi.waitFor(() => expect(spoolText()).not.toBe(""), { timeout: 25_000 });
    await startPostgres();
    await callFor(500);
    over = true;
    await allStoredOnce((await calling).flat());
    await vi.waitFor(() => expect(spoolText()).toBe(""), { timeout: 25_000 });
  });

  test("kill -9 under load: what had been answered a second before is recorded", async () => {
    const calling = callWhile(() => true);
    await callFor(2_000);
    const killedAt = performance.now();
    await killGateway();
    const answered = await calling;
    await start();
    await allStoredOnce(answered.filter(({ at }) => at < killedAt - 1_000));
  });

  test("kill -9 while Postgres is away: the next process brings what the dead one left on disk, once", async () => {
    await killPostgres();
    const calling = callWhile(() => true);
    await callFor(2_500);
    const killedAt = performance.now();
    await killGateway();
    const answered = await calling;
    await startPostgres();
    await start();
    await allStoredOnce(answered.filter(({ at }) => at < killedAt - 1_000));
    await vi.waitFor(() => expect(spoolText()).toBe(""), { timeout: 25_000 });
  });

  test("no credential in the spool or the table, in whatever form and place it was sent (T24, S92)", async () => {
    const canary = "pcs_test_Cañary/+ %\"'of/a/wrong/secret";
    const forms = [credential.clientId, credential.secret, backendCanary, canary, "Cañary", "Ca%C3%B1ary"];
    const sent = encodeURIComponent(canary);
    const base64 = Buffer.from(`${credential.clientId}:${credential.secret}`).toString("base64");
    forms.push(sent, encodeURIComponent(sent), base64, Buffer.from(canary).toString("base64"));
    const pair = pairHeaders(credential);
    const [id, secret] = [credential.clientId, credential.secret];
    const query = `client_id=${id}&client_secret=${secret}`;
    const wrong: [string, string][] = [
      ["X-IBM-Client-Id", id],
      ["X-IBM-Client-Secret", sent],
    ];
    await killPostgres();
    const address = gateway.address;
    const answers = [
      await call(`${inHeaders.path}/x`, { headers: pair }, address),
      await call(`${inHeaders.path}/x`, { headers: wrong }, address),
      await call(`${inHeaders.path}/x?${query}`, { headers: [["Authorization", `Basic ${base64}`]] }, address),
      await call(`${inQuery.path}/x?${query}`, {}, address),
      await call(`${inQuery.path}/x?client_id=${id}&client_secret=${sent}`, {}, address),
      await call(`${inHeaders.path}/${secret}/Ca%C3%B1ary`, { headers: pair }, address),
      await call(`/${secret}/${sent}`, { headers: pair, method: "POST", body: `client_secret=${sent}` }, address),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 200, 401, 404, 400]);
    const ids = answers.map(({ headers }) => headers["x-request-id"] ?? "");
    await vi.waitFor(() => expect(ids.filter((one) => !spoolText().includes(one))).toEqual([]), { timeout: 25_000 });
    const onDisk = spoolText();
    await startPostgres();
    await allStoredOnce(ids.map((one) => ({ id: one })));
    const rows = await db().$queryRaw<{ text: string }[]>`select r::text as text from "CallRecord" r`;
    const inTable = rows.map(({ text }) => text).join("\n");
    for (const form of forms) expect([onDisk.includes(form), inTable.includes(form)]).toEqual([false, false]);
  });
});
