import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { p99 } from "#gateway/bench/latency.ts";
import { median } from "#gateway/bench/machine.ts";
import { type OwnDatabase, startDatabase } from "#gateway/conformance/kit/own-gateway.ts";
import type { UserActor } from "#lib/access/actor.ts";
import { newDefinition } from "#lib/api-definition/new-definition.ts";
import { withHashing } from "#lib/crypto/password.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { provider } from "#lib/test-kit/people.ts";
import { figure } from "./kit/figure.ts";
import { type Asked, ask, credentials, honestRequests, signedIn } from "./kit/honest-person.ts";
import { malformedActions } from "./kit/malformed-actions.ts";
import { type OwnPortal, startPortal } from "./kit/portal.ts";
import type { Sent, StrangerReport } from "./kit/stranger.ts";
import { isFull } from "./scale.ts";

// Whatever strangers, or one person, send to the portal, an honest person beside them notices nothing (T31, T32). As in
// strangers.spec.ts: counts and bounds here, and in `npm run faults` the honest person's slowest requests beside those
// that they have beside as many ordinary requests.

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;
const HONEST = { rate: isFull ? 20 : 10, seconds: isFull ? 8 : 2 };
const ROUNDS = 3;
const CONNECTIONS = 32;
const PASSWORD = "otter hedge lantern 41";
/** Of the portal's process, MB: what 256 bodies of 1 MB at once may add, of which it holds 128 at most, and their garbage. */
const GROWTH_MAX = 256;

let database: OwnDatabase;
let portal: OwnPortal;
let host: string;
/** Who previews, and who signs in: further sessions end a person's first. */
let honest: { cookie: string; email: string };
let floodersCookie: string;
let ordinaryEmail: string;
let drafts: string;
let action: string;

const definition = (operations: number): string =>
  newDefinition({ title: "Strangers", basePath: "/strangers" }) +
  Array.from(
    { length: operations },
    (_, n) => `  /more/${n}:\n    get: { operationId: get${n}, responses: { "200": { description: ok } } }\n`,
  ).join("");

async function withPassword({ userId, email }: UserActor): Promise<string> {
  const passwordHash = await withHashing(userId, ({ hash }) => hash(PASSWORD));
  await db().user.update({ where: { id: userId }, data: { passwordHash } });
  return email;
}

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  portal = await startPortal(database.url);
  host = new URL(portal.url).host;
  const [member, flooding, signingIn, alsoSigningIn] = [
    await provider("Member"),
    await provider("Flood"),
    await provider("Honest"),
    await provider("Ordinary"),
  ];
  drafts = `/provider/${member.slug}/drafts/apis`;
  const memberCookie = await signedIn(portal.url, await withPassword(member.owner), PASSWORD);
  honest = { cookie: memberCookie, email: await withPassword(signingIn.owner) };
  floodersCookie = await signedIn(portal.url, await withPassword(flooding.owner), PASSWORD);
  ordinaryEmail = await withPassword(alsoSigningIn.owner);
  const manifest = JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8"));
  const actions = Object.entries(manifest.node) as [string, { exportedName: string }][];
  action = actions.find(([, { exportedName }]) => exportedName === "signUpAction")?.[0] ?? "";
});
afterAll(async () => {
  await portal?.stop();
  await closeDb();
  await database?.stop();
});

const form = { "Content-Type": "application/x-www-form-urlencoded" };
const json = { "Content-Type": "application/json" };
const honestly = () =>
  honestRequests({ portal: portal.url, drafts, source: definition(1), password: PASSWORD, ...honest, ...HONEST });

const text = (method: string, path: string, headers: Record<string, string>, body = "", length = body.length): string =>
  [
    `${method} ${path} HTTP/1.1`,
    ...Object.entries({ Host: host, Origin: portal.url, "Content-Length": String(length), ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    "",
    body,
  ].join("\r\n");

const FLOODING = "203.0.113.1";
const ofMany = Array.from({ length: 64 }, (_, n) => `203.0.113.${n + 1}`);
const signIn = (from: string, email: string, password: string): Sent => ({
  text: text("POST", "/sign-in/form", { ...form, "X-Forwarded-For": from }, credentials(email, password)),
});
const page = (from: string): Sent => ({ text: text("GET", "/apis", { "X-Forwarded-For": from }) });
const byFlooder = (path: string, body: object): Sent => ({
  text: text(
    "POST",
    drafts + path,
    { ...json, Cookie: floodersCookie, "X-Forwarded-For": FLOODING },
    JSON.stringify(body),
  ),
});
/** Spaces, as long as it announces or 1 MB of it. */
const large = (path: string, headers: Record<string, string>, length: number): Sent => ({
  text: text("POST", path, { "X-Forwarded-For": FLOODING, ...headers }, "", length),
  bodyBytes: Math.min(length, MEGABYTE),
});

interface Flood {
  sent: Sent[];
  /** As many of these are the measure. */
  ordinary: Sent[];
  /** Requests a second. */
  rate: number;
  statuses: number[];
}
const draft = "/01a2253e-dd46-71e7-acc2-0b9aaf2fe9fb";
const floods: Record<string, () => Flood> = {
  "sign-ins from one address": () => ({
    sent: Array.from({ length: 50 }, (_, n) => signIn(FLOODING, `nobody-${n}@example.com`, "wrong")),
    ordinary: [signIn(FLOODING, ordinaryEmail, PASSWORD)],
    rate: 60,
    statuses: [303, 503],
  }),
  "sign-ins from many addresses": () => ({
    sent: ofMany.map((from, n) => signIn(from, `nobody-${n}@example.com`, "wrong")),
    ordinary: ofMany.map((from) => signIn(from, ordinaryEmail, PASSWORD)),
    rate: 60,
    statuses: [303, 503],
  }),
  "previews, imports and test calls": () => ({
    sent: [
      byFlooder(`${draft}/preview`, { source: definition(400), edits: [] }),
      byFlooder(`${draft}/preview`, {
        source: definition(20),
        edits: Array(200).fill({ kind: "base-path", basePath: "/x" }),
      }),
      byFlooder("/import/run", { organization: "flood", source: `${definition(400)}\n  - ][` }),
      byFlooder(`${draft}/test-call`, { target: "none" }),
    ],
    ordinary: [page(FLOODING)],
    rate: 50,
    statuses: [200, 422, 429, 503],
  }),
  "large bodies of nobody": () => ({
    sent: [
      large("/sign-up", { "Next-Action": action, "Content-Type": "text/plain" }, MEGABYTE),
      large("/sign-up", { "Next-Action": action, "Content-Type": "text/plain" }, 20 * MEGABYTE),
      large("/no-such-page", {}, MEGABYTE),
      large("/sign-in/form", form, MEGABYTE),
      large("/oidc/token", form, MEGABYTE),
      large("/api/auth/callback/credentials", form, MEGABYTE),
      large("/api/explore/call", json, MEGABYTE),
      large("/api/explore/token", json, MEGABYTE),
      large(`${drafts}/import/run`, json, MEGABYTE),
      large(`${drafts}${draft}/preview`, json, MEGABYTE),
    ],
    ordinary: [page(FLOODING)],
    rate: 40,
    statuses: [303, 400, 401, 403, 404, 405, 413, 422, 429, 503],
  }),
};

async function beside(sent: Sent[], rate: number) {
  const stranger = fork(join(import.meta.dirname, "kit/stranger.ts"), {
    env: {
      ...process.env,
      ADDRESS: portal.url,
      CONNECTIONS: String(CONNECTIONS),
      RATE: String(rate),
      SENT: JSON.stringify(sent),
    },
  });
  await once(stranger, "message");
  const result = await honestly();
  const reported = once(stranger, "message");
  stranger.send("end");
  const [report] = (await reported) as [StrangerReport];
  return { ...result, report, answered: Object.values(report.statuses).reduce((sum, count) => sum + count, 0) };
}

test.each(Object.keys(floods))("an honest person notices nothing of a stranger's %s (F62, F63, F64)", async (what) => {
  const { sent, ordinary, rate, statuses } = (floods[what] as () => Flood)();
  const p99s = { flood: [] as number[], ordinary: [] as number[] };
  for (let i = 0; i < (isFull ? ROUNDS + 1 : 1); i += 1) {
    const flood = await beside(sent, rate);
    expect(flood.failed).toEqual([]);
    expect(flood.answered).toBeGreaterThan(0);
    expect(Object.keys(flood.report.statuses).filter((status) => !statuses.includes(Number(status)))).toEqual([]);
    if (!isFull) continue;
    const asMany = Math.ceil(flood.answered / flood.report.seconds);
    const calm = await beside(ordinary, asMany);
    expect(calm.failed).toEqual([]);
    // The first round compiles what has not run before.
    if (i === 0) continue;
    p99s.flood.push(p99(flood.millis));
    p99s.ordinary.push(p99(calm.millis));
    if (i < ROUNDS) continue;
    const ratio = median(p99s.flood) / median(p99s.ordinary);
    const [first, second] = [median(p99s.flood), median(p99s.ordinary)].map((value) => `${value.toFixed(0)} ms`);
    figure(what, `${first}, ${second} beside ${asMany} ordinary requests a second: ${ratio.toFixed(2)} x`, "< 2 x");
    expect(ratio).toBeLessThan(2);
  }
});

const signUpAction = (body: Buffer, headers: Record<string, string> = {}): Asked => ({
  method: "POST",
  path: "/sign-up",
  headers: { "Next-Action": action, "X-Forwarded-For": FLOODING, ...headers },
  body,
});

test("an action is answered 4xx whatever is wrong with its arguments (F64)", async () => {
  const answers: Record<string, number> = {};
  for (const [what, { headers, body }] of Object.entries(malformedActions(action)))
    answers[what] = (await ask(portal.url, signUpAction(Buffer.from(body, "latin1"), headers))).status;
  expect(Object.entries(answers).filter(([, status]) => status < 400 || status >= 500)).toEqual([]);
  // What a client says of the host is not read: scripts/portal-door.ts writes the portal's own.
  for (const host of ["127.0.0.1", "evil.example"]) {
    expect((await ask(portal.url, signUpAction(Buffer.from("[{}]"), { "X-Forwarded-Host": host }))).status).toBe(200);
  }
});

test("a stranger's action has 64 KB, a person's 1 MB (F64)", async () => {
  const sized = (bytes: number) => Buffer.from(`["${"a".repeat(bytes - 4)}"]`);
  const asPerson = { Cookie: honest.cookie };
  expect((await ask(portal.url, signUpAction(sized(64 * KILOBYTE)))).status).toBe(200);
  expect((await ask(portal.url, signUpAction(sized(64 * KILOBYTE + 1)))).status).toBe(413);
  expect((await ask(portal.url, signUpAction(sized(100 * KILOBYTE), { Cookie: `${honest.cookie}x` }))).status).toBe(
    413,
  );
  expect((await ask(portal.url, signUpAction(sized(MEGABYTE), asPerson))).status).toBe(200);
  expect((await ask(portal.url, signUpAction(sized(MEGABYTE + 1), asPerson))).status).toBe(413);
});

/** Of the portal's process: its resident set in MB, and the largest since it was last forgotten. */
const memoryMb = (what: "VmRSS" | "VmHWM"): number => {
  const status = readFileSync(`/proc/${portal.process.pid}/status`, "utf8");
  return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1]) / KILOBYTE;
};
const forgetPeak = (): void => writeFileSync(`/proc/${portal.process.pid}/clear_refs`, "5");

test.each([
  ["one address", () => FLOODING],
  ["as many addresses", (n: number) => `203.0.113.${n}`],
])("256 bodies of 1 MB at once from %s are answered, and cost what 128 may (F64)", async (_from, addressOf) => {
  forgetPeak();
  const before = memoryMb("VmRSS");
  const body = Buffer.alloc(MEGABYTE, "[");
  const answers = Array.from({ length: 256 }, (_, n) =>
    ask(portal.url, signUpAction(body, { "X-Forwarded-For": addressOf(n) })),
  );
  const { failed } = await honestly();
  const statuses = new Set((await Promise.all(answers)).map(({ status }) => status));
  expect([...statuses].filter((status) => ![400, 413, 503].includes(status))).toEqual([]);
  expect(failed).toEqual([]);
  const growth = memoryMb("VmHWM") - before;
  figure("the most memory beside 256 bodies of 1 MB", `${growth.toFixed(0)} MB`, `< ${GROWTH_MAX} MB`);
  expect(growth).toBeLessThan(GROWTH_MAX);
});

test.each([
  ["one address", () => FLOODING, 240],
  ["as many addresses", (n: number) => `203.0.113.${n}`, 128],
])("256 bodies that do not come from %s keep nobody out (F64)", async (_from, addressOf, refusedMin) => {
  const { hostname, port } = new URL(portal.url);
  const sockets: Socket[] = [];
  let refused = 0;
  for (let n = 0; n < 256; n += 1) {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      if (data.toString("latin1").startsWith("HTTP/1.1 503")) refused += 1;
    });
    const headers = { "Next-Action": action, "X-Forwarded-For": addressOf(n) };
    socket.write(text("POST", "/sign-up", headers, "[", MEGABYTE));
    sockets.push(socket);
  }
  await expect.poll(() => refused).toBeGreaterThanOrEqual(refusedMin);
  // Whoever comes first waits until the oldest has had its second.
  await expect
    .poll(
      async () =>
        (await ask(portal.url, signUpAction(Buffer.from("[{}]"), { "X-Forwarded-For": "198.51.100.8" }))).status,
    )
    .toBe(200);
  const { failed } = await honestly();
  for (const socket of sockets) socket.destroy();
  expect(failed).toEqual([]);
});
