import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callAtRate, p99 } from "#gateway/bench/latency.ts";
import { median } from "#gateway/bench/machine.ts";
import {
  type OwnDatabase,
  type OwnGateway,
  startDatabase,
  startGateway,
} from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { WAITING_MAX } from "#gateway/turns.ts";
import { examine } from "#lib/api-definition/examine.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { newClientId } from "#lib/ids.ts";
import { makeApplication, makeCredential, makePlace, publish, subscribe } from "#lib/test-kit/gateway-fixture.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { figure } from "./kit/figure.ts";
import { answerPlainly } from "./kit/place.ts";
import type { Sent, StrangerReport } from "./kit/stranger.ts";
import { isFull } from "./scale.ts";

// Whatever one address sends, an honest client beside it notices nothing (T21). Here are counts and bounds; `npm run faults`
// compares the honest client's slowest calls with those beside as many right calls of the same size, since all share the machine.

const MEGABYTE = 1024 * 1024;
const HONEST = { rate: isFull ? 200 : 100, seconds: isFull ? 3 : 2 };
const ROUNDS = 3;
const CONNECTIONS = 32;
/** The honest client's, and the one that asks for the metrics. */
const OTHERS = 256;
/** Of an address: a fourth of GATEWAY_HELD_MB, which is at least one body of the longest. */
const HELD_MAX = 16 * MEGABYTE;
/** Of an API, an application and a cause in a minute. */
const ROWS_MAX = 20;

let database: OwnDatabase;
let backend: RecordingBackend;
let gateway: OwnGateway;
let metrics = "";
let paths: { keyed: string; parsed: string; checked: string };
let pair: Record<string, string>;
let known = "";

const definition = (basePath: string, rest: string): string => `openapi: 3.0.0
info: { title: Strangers, version: 1.0.0 }
servers: [{ url: ${basePath} }]
components:
  securitySchemes:
    id: { type: apiKey, in: header, name: X-IBM-Client-Id, x-key-type: client_id }
    secret: { type: apiKey, in: header, name: X-IBM-Client-Secret, x-key-type: client_secret }
paths:
  /keyed:
    get: { operationId: get, security: [{ id: [], secret: [] }], responses: { "200": { description: ok } } }
    post: { operationId: post, security: [{ id: [], secret: [] }], responses: { "200": { description: ok } } }
  /open:
    post:
      operationId: open
      security: []
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { "200": { description: ok } }
${rest}
`;
const PARSE = `x-ibm-configuration:
  assembly:
    execute:
      - parse: {}
      - invoke: { title: call, target-url: $(target-url) }`;

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  backend = await startBackend();
  answerPlainly(backend);
  const port = await freePort();
  metrics = `http://127.0.0.1:${port}/metrics`;
  gateway = await startGateway(database.url, {
    env: { GATEWAY_ADMIN_PORT: String(port), GATEWAY_FAILURES_MAX: "100" },
  });
  const place = await makePlace();
  const serve = async (basePath: string, rest = "") => {
    const { compiled } = await examine(definition(basePath, rest));
    return publish({ place, backendUrl: backend.url, basePath, operations: [], compiled });
  };
  const plain = await serve("/plain");
  const parsed = await serve("/parsed", PARSE);
  const checked = await serve("/checked", "x-portico: { validate-request: true }");
  paths = { keyed: `${plain.path}/keyed`, parsed: `${parsed.path}/open`, checked: `${checked.path}/open` };
  const applicationId = await makeApplication(place);
  await subscribe(applicationId, plain);
  const { clientId, secret } = await makeCredential(applicationId);
  pair = { "X-IBM-Client-Id": clientId, "X-IBM-Client-Secret": secret };
  known = clientId;
});
afterAll(async () => {
  await gateway?.stop();
  await backend?.stop();
  await closeDb();
  await database?.stop();
});

const request = (path: string, headers: Record<string, string> = {}, method = "GET"): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nHost: a\r\n${lines.join("")}\r\n`;
};
/** The head of a body in JSON that is announced longer than what is sent of it. */
const bodyHead = (path: string, bytes: number): string =>
  request(path, { "Content-Type": "application/json", "Content-Length": String(bytes) }, "POST");

/** A right call that sends as much: the bytes themselves cost what they cost. */
function ordinaryCall({ sent: [first] }: Flood): Sent {
  const bodyBytes = first?.bodyBytes;
  if (!bodyBytes) return { text: request(paths.keyed, pair) };
  return { text: request(paths.keyed, { ...pair, "Content-Length": String(bodyBytes) }, "POST"), bodyBytes };
}

interface Flood {
  sent: Sent[];
  /** Pieces a second. */
  rate: number;
  /** What may be answered. */
  statuses: number[];
}
/** Made when everything is published. */
const floods: Record<string, () => Flood> = {
  "pipelined junk": () => ({
    sent: [
      { text: request("/a/b"), times: 1_000 },
      { text: request(paths.keyed), times: 1_000 },
    ],
    rate: 60,
    statuses: [404, 401],
  }),
  "bodies that a policy holds": () => ({
    sent: [{ text: bodyHead(paths.parsed, 10 * MEGABYTE), bodyBytes: 2 * MEGABYTE }],
    rate: 20,
    statuses: [503],
  }),
  "bodies that are checked": () => ({
    sent: [{ text: bodyHead(paths.checked, 1_000_000), bodyBytes: 900_000 }],
    rate: 50,
    statuses: [503],
  }),
  "dear headers": () => ({
    sent: [
      { text: request("/a/b", { Accept: `application/xml,${"a/b,".repeat(3_700)}` }) },
      { text: request(paths.keyed, { Accept: `application/xml,${"a/b,".repeat(3_700)}` }) },
      { text: request(paths.keyed, { Connection: "a,".repeat(7_000) }) },
      {
        text: request(
          paths.keyed,
          Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`X-${"n".repeat(120)}${i}`, "v"])),
        ),
      },
    ],
    rate: 1_000,
    statuses: [401, 404, 429],
  }),
  "dear paths": () => ({
    sent: [
      { text: request(`${paths.keyed}/${"%61".repeat(2_600)}`) },
      { text: request(`${paths.keyed.replace("/keyed", "")}/${"a/".repeat(3_500)}x`) },
      { text: request(`/${"%61".repeat(2_600)}/b`) },
    ],
    rate: 1_000,
    statuses: [404],
  }),
  "dear queries": () => ({
    sent: [
      { text: request(`${paths.keyed}?${"&".repeat(7_900)}`) },
      { text: request(`${paths.keyed}?${"x=1&".repeat(1_900)}`) },
      { text: request(`${paths.keyed}?${"client_id=&".repeat(700)}`) },
    ],
    rate: 1_000,
    statuses: [401, 429],
  }),
  "junk that would be recorded": () => ({
    sent: [
      { text: request("/a/b") },
      { text: request(paths.keyed) },
      { text: request(`${paths.keyed}/none`) },
      { text: request(paths.keyed, {}, "DELETE") },
      { text: request(paths.keyed, { "X-IBM-Client-Id": newClientId(), "X-IBM-Client-Secret": "wrong" }) },
      { text: request(paths.keyed, { "X-IBM-Client-Id": known, "X-IBM-Client-Secret": "wrong" }) },
    ],
    rate: 1_000,
    statuses: [401, 404, 405, 429],
  }),
  "large bodies of nobody": () => ({
    sent: [
      { text: bodyHead(paths.keyed, 10 * MEGABYTE), bodyBytes: 10 * MEGABYTE },
      { text: bodyHead("/a/b", 10 * MEGABYTE), bodyBytes: 10 * MEGABYTE },
      { text: bodyHead("/a/b", 100 * MEGABYTE), bodyBytes: MEGABYTE },
    ],
    rate: 10,
    statuses: [401, 404, 413, 429],
  }),
};

async function startStranger({ sent, rate }: Omit<Flood, "statuses">) {
  const stranger = fork(join(import.meta.dirname, "kit/stranger.ts"), {
    env: {
      ...process.env,
      ADDRESS: gateway.address,
      CONNECTIONS: String(CONNECTIONS),
      RATE: String(rate),
      SENT: JSON.stringify(sent),
    },
  });
  await once(stranger, "message");
  return async (): Promise<StrangerReport> => {
    const reported = once(stranger, "message");
    stranger.send("end");
    const [report] = (await reported) as [StrangerReport];
    return report;
  };
}

const honestCalls = () =>
  callAtRate({ url: `${gateway.address}${paths.keyed}`, headers: pair, from: "127.0.0.2", ...HONEST });

async function gauges() {
  const text = await (await fetch(metrics)).text();
  const read = (name: string) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)$`, "m").exec(text)?.[1]);
  return {
    inFlight: read("portico_calls_in_flight"),
    waiting: read("portico_calls_waiting"),
    heldBytes: read("portico_held_body_bytes"),
    connections: read("portico_connections"),
  };
}

/** What the honest client had beside a stranger, and the most that the gateway held meanwhile. */
async function beside(flood: Omit<Flood, "statuses">) {
  const end = await startStranger(flood);
  const most = await gauges();
  let over = false;
  const watching = (async () => {
    while (!over) {
      const now = await gauges();
      for (const name of Object.keys(most) as (keyof typeof most)[]) most[name] = Math.max(most[name], now[name]);
      await new Promise((go) => setTimeout(go, 50));
    }
  })();
  const honest = await honestCalls();
  over = true;
  await watching;
  return { honest, most, report: await end() };
}

/** What strangers left on record: rows of each API, application and cause. */
const strangersRows = () => db().$queryRaw<{ rows: number }[]>`
  select count(*)::int as rows from "CallRecord" where status >= 400
  group by "apiId", "applicationId", coalesce(cause, code)`;

const minuteNow = (): number => Math.floor(Date.now() / 60_000);
/** A record has the minute in which its call began, and counts in that in which it ended: only their sum is bounded by minutes. */
const firstMinute = minuteNow();

test.each(Object.keys(floods))("an honest client notices nothing of a stranger's %s (F1, F2, F3, F5)", async (what) => {
  const flood = (floods[what] as () => Flood)();
  const p99s = { flood: [] as number[], ordinary: [] as number[] };
  for (let i = 0; i < (isFull ? ROUNDS + 1 : 1); i += 1) {
    const { honest, most, report } = await beside(flood);
    const answered = Object.values(report.statuses).reduce((sum, count) => sum + count, 0);
    expect([...honest.statuses]).toEqual([[200, honest.calls]]);
    expect(answered).toBeGreaterThan(0);
    expect(Object.keys(report.statuses).filter((status) => !flood.statuses.includes(Number(status)))).toEqual([]);
    expect(most.inFlight).toBeLessThanOrEqual(CONNECTIONS + OTHERS);
    expect(most.waiting).toBeLessThanOrEqual(CONNECTIONS * WAITING_MAX);
    expect(most.heldBytes).toBeLessThanOrEqual(HELD_MAX);
    if (!isFull) continue;
    const rate = Math.ceil(answered / report.seconds);
    const ordinary = await beside({ sent: [ordinaryCall(flood)], rate });
    expect([...ordinary.honest.statuses]).toEqual([[200, ordinary.honest.calls]]);
    expect(Object.keys(ordinary.report.statuses)).toEqual(["200"]);
    // The first round compiles what has not run before.
    if (i === 0) continue;
    p99s.flood.push(p99(honest.millis));
    p99s.ordinary.push(p99(ordinary.honest.millis));
    if (i < ROUNDS) continue;
    const ratio = median(p99s.flood) / median(p99s.ordinary);
    const [first, second] = [median(p99s.flood), median(p99s.ordinary)].map((value) => `${value.toFixed(1)} ms`);
    figure(what, `${first}, ${second} beside ${rate} right calls a second: ${ratio.toFixed(2)} x`, "< 2 x");
    expect(ratio).toBeLessThan(2);
  }
  // What the stranger held is given back.
  await expect.poll(async () => [(await gauges()).inFlight, (await gauges()).heldBytes]).toEqual([0, 0]);
  const rowsMax = ROWS_MAX * (minuteNow() - firstMinute + 1);
  for (const { rows } of await strangersRows()) expect(rows).toBeLessThanOrEqual(rowsMax);
});
