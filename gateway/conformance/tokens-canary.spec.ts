import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { dumpAllTables } from "#lib/test-kit/dump.ts";
import { makeApplication, makeCredential, makePlace, publish, subscribe } from "#lib/test-kit/gateway-fixture.ts";
import { makeServiceId } from "#lib/test-kit/service-id.ts";
import { call } from "./kit/client.ts";
import { operation, pairInHeaders } from "./kit/own-fixture.ts";
import { type OwnDatabase, type OwnGateway, startDatabase, startGateway } from "./kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "./kit/recording-backend.ts";
import { API_KEY_GRANT, askToken, basic, bearer, tokenFor } from "./kit/tokens.ts";

const dataDir = mkdtempSync(join(tmpdir(), "portico-canary-"));
const output = join(dataDir, "output.log");
let database: OwnDatabase;
let gateway: OwnGateway;
let backend: RecordingBackend;

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  gateway = await startGateway(database.url, {
    command: ["sh", "-c", `exec "$@" >'${output}' 2>&1`, "sh"],
    env: { LOG_LEVEL: "trace", DATA_DIR: dataDir, GATEWAY_ACCESS_LOG: join(dataDir, "access.log") },
  });
  backend = await startBackend();
});
afterAll(async () => {
  await closeDb();
  await backend?.stop();
  await gateway?.stop();
  await database?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test("no token, key or secret of a call is in a log, a record or the spool, whatever the log level (T24)", async () => {
  const place = await makePlace();
  const operations = [operation("GET", "/x", [["id", "secret"]])];
  const api = await publish({ place, backendUrl: backend.url, basePath: "/x", schemes: pairInHeaders, operations });
  const applicationId = await makeApplication(place);
  await subscribe(applicationId, api);
  const app = await makeCredential(applicationId);
  const { apiKey } = await makeServiceId(applicationId, [api.apiDefinitionId]);
  const wrong = newClientSecret("sandbox");

  const base = gateway.address;
  const token = await tokenFor(app, base);
  const ofKey = (await askToken({ grant_type: API_KEY_GRANT, apikey: apiKey }, [], base)).json.access_token;
  await askToken({ grant_type: "client_credentials" }, [basic(app.clientId, wrong)], base);
  await askToken({ grant_type: "client_credentials", client_id: app.clientId, client_secret: wrong }, [], base);
  await call(`/oidc/token?apikey=${apiKey}`, { method: "POST", body: "" }, base);
  const tryAll = async () => {
    for (const one of [token, ofKey, apiKey, `${token}x`]) {
      await call(`${api.path}/x`, { headers: [bearer(one)] }, base);
      await call(`${api.path}/x?access_token=${one}`, {}, base);
    }
  };
  await tryAll();
  const started = Date.now();
  const recorded = () => db().$queryRaw<{ count: number }[]>`select count(*)::int as count from "CallRecord"`;
  while (((await recorded())[0]?.count ?? 0) < 12 && Date.now() - started < 25_000);
  expect((await recorded())[0]?.count).toBeGreaterThanOrEqual(12);
  const kept = await dumpAllTables();
  await closeDb();
  await database.stop();
  await tryAll();
  await gateway.stop();

  const files = filesBelow(dataDir);
  expect(files.map((file) => file.slice(dataDir.length))).toContain("/access.log");
  expect(files.some((file) => file.includes("gateway-spool"))).toBe(true);
  const texts = [kept, ...files.map((file) => readFileSync(file, "latin1"))];
  expect(texts.some((text) => text.includes(applicationId))).toBe(true);
  for (const secret of [token, ofKey, apiKey, app.secret, wrong]) {
    const core = secret.slice(-40, -8);
    expect(texts.filter((text) => text.includes(core))).toEqual([]);
  }
}, 60_000);
