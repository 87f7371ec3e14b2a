import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, sendRaw } from "#gateway/conformance/kit/client.ts";
import { operation, pairHeaders, pairInHeaders } from "#gateway/conformance/kit/own-fixture.ts";
import { startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { makeApplication, makeCredential, makePlace, publish, subscribe } from "#lib/test-kit/gateway-fixture.ts";

ownDatabase();
const directory = mkdtempSync(join(tmpdir(), "portico-access-log-"));
let backend: RecordingBackend;

beforeAll(async () => {
  backend = await startBackend();
});
afterAll(async () => {
  await backend?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("one JSON line a call, with nothing in it that a client wrote (T23, T24)", async () => {
  const file = join(directory, "access.log");
  const gateway = await startGateway(process.env.DATABASE_URL ?? "", { env: { GATEWAY_ACCESS_LOG: file } });
  const place = await makePlace();
  const operations = [operation("GET", "/x/{id}", [["id", "secret"]])];
  // A provider's own path may hold what a terminal obeys.
  operations.push(operation("GET", "/odd\u009b31m\u2028", []));
  const api = await publish({ place, backendUrl: backend.url, basePath: "/w", schemes: pairInHeaders, operations });
  const applicationId = await makeApplication(place);
  await subscribe(applicationId, api);
  const credential = await makeCredential(applicationId);
  const evil = '\u001b[31m","status":"500';
  const get = (path: string, headers: [string, string][]) => call(`${api.path}${path}`, { headers }, gateway.address);

  const good = await get("/x/canary-path?token=canary-query", [
    ...pairHeaders(credential),
    ["User-Agent", "canary-agent"],
  ]);
  const wrong = await get("/x/1", pairHeaders({ clientId: "canary-unknown-id", secret: "canary-secret" }));
  await get(`/odd${encodeURIComponent("\u009b31m\u2028")}`, []);
  await get("/none/%0a%1b", [["User-Agent", "a"]]);
  await sendRaw(`GET ${api.path}/x/${evil} HTTP/1.1\r\nHost: x\r\nUser-Agent: ${evil}\r\n\r\n`, gateway.address);
  await gateway.stop();

  const text = readFileSync(file, "utf8");
  const lines = text.trimEnd().split("\n");
  const entries = lines.map((line) => JSON.parse(line));
  expect(entries.length).toBeGreaterThanOrEqual(4);
  expect(entries.find(({ requestId }) => requestId === good.headers["x-request-id"])).toMatchObject({
    client: "127.0.0.1",
    method: "GET",
    api: api.path,
    path: "/x/{id}",
    status: 200,
    code: null,
    clientId: credential.clientId,
    application: applicationId,
  });
  expect(entries.find(({ requestId }) => requestId === wrong.json.requestId)).toMatchObject({
    status: 401,
    code: "CLIENT_ID_NOT_REGISTERED",
    cause: "unknown-id",
    clientId: null,
  });
  for (const secret of ["canary", credential.secret, "token="]) expect(text).not.toContain(secret);
  // Every byte but the ends of lines is printable; what a terminal obeys is spelled out.
  const unprintable = [...text].filter((character) => character !== "\n" && /\p{Cc}|\p{Zl}|\p{Zp}/u.test(character));
  expect(unprintable).toEqual([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
}, 60_000);

/** A gateway with an open API, and a call of it that leaves a line. */
async function withLog(file: string, workers?: number) {
  const options = { env: { GATEWAY_ACCESS_LOG: file }, ...(workers && { workers }) };
  const gateway = await startGateway(process.env.DATABASE_URL ?? "", options);
  return { gateway, one: () => call("/nowhere", {}, gateway.address) };
}
const linesOf = (file: string) => readFileSync(file, { encoding: "utf8", flag: "a+" }).split("\n").slice(0, -1);

test.each([[1], [2]])(
  "SIGHUP reopens the log and ends nothing, with %i processes (F12)",
  async (workers) => {
    const file = join(directory, `hup-${workers}.log`);
    const { gateway, one } = await withLog(file, workers);
    for (let i = 0; i < 8; i += 1) await one();
    await expect.poll(() => linesOf(file).length).toBe(8);
    renameSync(file, `${file}.1`);
    gateway.process.kill("SIGHUP");
    for (let i = 0; i < 8; i += 1) await one();
    await expect.poll(() => linesOf(file).length).toBe(8);
    expect(await gateway.stop()).toBe(0);
    expect([linesOf(file).length, linesOf(`${file}.1`).length]).toEqual([8, 8]);
  },
  60_000,
);

test.each([[1], [2]])(
  "SIGTERM ends a gateway whose log is a pipe that nobody reads, with %i processes (F12)",
  async (workers) => {
    const file = join(directory, `pipe-${workers}.log`);
    execFileSync("mkfifo", [file]);
    const { gateway, one } = await withLog(file, workers);
    // 300 bytes each at least, of which a pipe holds 64 KB.
    for (let i = 0; i < 300; i += 1) await one();
    expect(await gateway.stop()).toBe(0);
  },
  60_000,
);

const prlimit = spawnSync("prlimit", ["--version"]).status === 0;

test.skipIf(!prlimit)(
  `a file that takes half a line keeps whole ones, and the rest when there is room (F12)${prlimit ? "" : " (no prlimit)"}`,
  async () => {
    const file = join(directory, "full.log");
    const { gateway, one } = await withLog(file);
    const limit = (bytes: number | "unlimited") =>
      execFileSync("prlimit", ["--pid", String(gateway.process.pid), `--fsize=${bytes}:unlimited`]);
    limit(1_000);
    for (let i = 0; i < 20; i += 1) await one();
    await expect.poll(() => linesOf(file).length).toBeGreaterThan(0);
    const text = readFileSync(file, "utf8");
    for (const line of text.trimEnd().split("\n")) JSON.parse(line);
    expect([text.endsWith("\n"), text.length <= 1_000]).toEqual([true, true]);
    limit("unlimited");
    await expect.poll(() => linesOf(file).length, { timeout: 10_000 }).toBe(20);
    await gateway.stop();
    const ids = linesOf(file).map((line) => JSON.parse(line).requestId);
    expect(new Set(ids).size).toBe(20);
  },
  60_000,
);
