import { once } from "node:events";
import { request } from "node:http";
import { beforeAll, describe, expect, inject, test } from "vitest";
import type { RateLimit } from "#lib/product/plan.rules.ts";
import {
  change,
  type FixtureApi,
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";

/** A week: no test crosses the edge of a window. */
const WEEK = 604_800;

const fixture = ownFixture(async () => undefined);
const security = [["id", "secret"]];
let count = 0;

type Limits = Pick<FixtureApi, "rateLimits" | "burstLimits" | "quotas" | "operationLimits">;

const limited = (rateLimits: RateLimit[]): Promise<FixturePublished> => limitedBy({ rateLimits });

async function limitedBy(limits: Limits): Promise<FixturePublished> {
  count += 1;
  return publish({
    place: fixture.place,
    backendUrl: fixture.backend.url,
    basePath: `/limited-${count}`,
    schemes: pairInHeaders,
    operations: [operation("GET", "/x", security), operation("GET", "/gone", security), operation("GET", "/open")],
    ...limits,
  });
}

async function client(...apis: FixturePublished[]): Promise<FixtureCredential> {
  const applicationId = await makeApplication(fixture.place);
  for (const api of apis) await subscribe(applicationId, api);
  return makeCredential(applicationId);
}

describe("a hard limit (gateway.md part 8)", () => {
  test("of N lets exactly N of 10 N parallel calls through, over all credentials of the application", async () => {
    const api = await limited([{ limit: 50, windowSeconds: WEEK }]);
    const one = await client(api);
    const two = await makeCredential(one.applicationId);
    const before = fixture.backend.calls.length;
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, i) => call(`${api.path}/x`, { headers: pairHeaders(i % 2 ? one : two) })),
    );
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(200), count(429)]).toEqual([50, 450]);
    expect(fixture.backend.calls.length - before).toBe(50);
    const left = answers
      .filter((answer) => answer.status === 200)
      .map((answer) => answer.headers["x-ratelimit-remaining"]);
    expect(new Set(left).size).toBe(50);
  });

  test("is not used up by calls that are rejected", async () => {
    const api = await limited([{ limit: 2, windowSeconds: WEEK }]);
    const app = await client(api);
    const wrong = pairHeaders({ ...app, secret: "wrong" });
    for (let i = 0; i < 5; i += 1) expect((await call(`${api.path}/x`, { headers: wrong })).status).toBe(401);
    expect((await call(`${api.path}/none`, { headers: pairHeaders(app) })).status).toBe(404);
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await call(`${api.path}/x`, { headers: pairHeaders(app) })).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });

  test("of one window does not count what another window rejects", async () => {
    const api = await limited([
      { limit: 10, windowSeconds: WEEK },
      { limit: 1, windowSeconds: WEEK * 2 },
    ]);
    const app = await client(api);
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await call(`${api.path}/x`, { headers: pairHeaders(app) }));
    expect(answers.map((answer) => answer.status)).toEqual([200, 429, 429]);
    expect(answers[2]?.headers.ratelimit).toMatch(/^"10-per-week";r=9;t=\d+, "1-per-2-weeks";r=0;t=\d+$/);
  });

  test("belongs to one subscription: another application, and another API's plan, have their own", async () => {
    const [first, second] = [
      await limited([{ limit: 1, windowSeconds: WEEK }]),
      await limited([{ limit: 1, windowSeconds: WEEK }]),
    ];
    const [a, b] = [await client(first, second), await client(first)];
    const status = async (api: FixturePublished, app: FixtureCredential) =>
      (await call(`${api.path}/x`, { headers: pairHeaders(app) })).status;
    expect([await status(first, a), await status(first, a)]).toEqual([200, 429]);
    expect([await status(second, a), await status(first, b)]).toEqual([200, 200]);
  });

  test("goes on with what is used when the plan is republished with another limit", async () => {
    const api = await limited([{ limit: 2, windowSeconds: WEEK }]);
    const app = await client(api);
    await call(`${api.path}/x`, { headers: pairHeaders(app) });
    await change("release", api.releaseId, (tx) =>
      tx.releasePlan.update({ where: { id: api.planId }, data: { rateLimits: [{ limit: 5, windowSeconds: WEEK }] } }),
    );
    const answer = await call(`${api.path}/x`, { headers: pairHeaders(app) });
    expect([answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]]).toEqual(["5", "3"]);
  });
});

describe("limit headers (gateway.md part 3)", () => {
  let api: FixturePublished;
  let app: FixtureCredential;
  beforeAll(async () => {
    api = await limited([
      { limit: 100, windowSeconds: 3_600 },
      { limit: 3, windowSeconds: WEEK },
    ]);
    app = await client(api);
  });

  test("are on the answers of a subscribed call, for all limits, and plainly for the tightest", async () => {
    const { status, headers } = await call(`${api.path}/x`, { headers: pairHeaders(app) });
    expect(status).toBe(200);
    expect(headers["ratelimit-policy"]).toBe('"100-per-hour";q=100;w=3600, "3-per-week";q=3;w=604800');
    expect(headers.ratelimit).toMatch(/^"100-per-hour";r=99;t=\d+, "3-per-week";r=2;t=\d+$/);
    expect([headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]]).toEqual(["3", "2"]);
    expect(Number(headers["x-ratelimit-reset"])).toBeLessThanOrEqual(WEEK);
  });

  test("replace a backend's own, and stand on its errors and on ours", async () => {
    fixture.backend.answer = (_req, res) => res.writeHead(503, { "X-RateLimit-Remaining": "7", RateLimit: "x" }).end();
    const { status, headers } = await call(`${api.path}/x`, { headers: pairHeaders(app) });
    fixture.backend.answer = undefined;
    expect([status, headers["x-ratelimit-remaining"]]).toEqual([503, "1"]);
    expect(headers.ratelimit).toMatch(/"3-per-week";r=1/);
  });

  test("are on a 429, with Retry-After and the limit that bound", async () => {
    await call(`${api.path}/x`, { headers: pairHeaders(app) });
    const { status, headers, json } = await call(`${api.path}/x`, { headers: pairHeaders(app) });
    expect([status, json.code, json.detail]).toEqual([
      429,
      "RATE_LIMIT_EXCEEDED",
      "Rate limit exceeded: 3 calls per week",
    ]);
    expect([headers["x-ratelimit-remaining"], headers["retry-after"]]).toEqual(["0", headers["x-ratelimit-reset"]]);
  });

  test("are not on 401, 403, 404, nor on an open operation", async () => {
    const stranger = await client();
    const answers = [
      await call(`${api.path}/x`),
      await call(`${api.path}/x`, { headers: pairHeaders(stranger) }),
      await call(`${api.path}/none`, { headers: pairHeaders(app) }),
      await call(`${api.path}/open`, { headers: pairHeaders(app) }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([401, 403, 404, 200]);
    for (const { headers } of answers) expect(Object.keys(headers).join()).not.toContain("ratelimit");
  });
});

describe("each kind of limit", () => {
  const callOf = (api: FixturePublished, app: FixtureCredential, path = "/x") =>
    call(`${api.path}${path}`, { headers: pairHeaders(app) });

  test.each<[string, string, string, Limits, string]>([
    [
      "a burst limit",
      "BURST_LIMIT_EXCEEDED",
      "Burst limit exceeded: 1 call per 52 weeks",
      { burstLimits: [{ limit: 1, windowSeconds: 52 * WEEK }], rateLimits: [{ limit: 9, windowSeconds: WEEK }] },
      "burst-1-per-52-weeks",
    ],
    [
      "a quota",
      "QUOTA_EXCEEDED",
      "Quota exceeded: 1 call per month",
      { quotas: [{ limit: 1, unit: "month" }], rateLimits: [{ limit: 9, windowSeconds: 60 }] },
      "quota-1-per-month",
    ],
  ])("%s refuses under a name of its own, until its window ends", async (_what, code, detail, limits, name) => {
    const api = await limitedBy(limits);
    const app = await client(api);
    expect((await callOf(api, app)).status).toBe(200);
    const { status, headers, json } = await callOf(api, app);
    expect([status, json.code, json.detail]).toEqual([429, code, detail]);
    const state = new RegExp(`"${name}";r=0;t=(\\d+)`).exec(headers.ratelimit ?? "");
    expect(headers["retry-after"]).toBe(state?.[1]);
  });

  test("a month ends with the calendar's, in UTC", async () => {
    const api = await limitedBy({ quotas: [{ limit: 5, unit: "month" }] });
    const { headers } = await callOf(api, await client(api));
    const now = new Date();
    const [start, end] = [0, 1].map((later) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later, 1) / 1_000);
    expect(headers["ratelimit-policy"]).toBe(`"quota-5-per-month";q=5;w=${(end ?? 0) - (start ?? 0)}`);
    const left = (end ?? 0) - now.getTime() / 1_000;
    expect(Math.abs(Number(headers["x-ratelimit-reset"]) - left)).toBeLessThan(30);
  });

  test("a soft limit lets calls pass, and says that nothing remains", async () => {
    const api = await limited([{ limit: 1, windowSeconds: WEEK, hard: false }]);
    const app = await client(api);
    const answers = [await callOf(api, app), await callOf(api, app), await callOf(api, app)];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(answers[2]?.headers.ratelimit).toMatch(/^"soft-1-per-week";r=0;t=\d+$/);
  });

  test("an operation with limits of its own is counted on its own, and shares what it leaves open", async () => {
    const api = await limitedBy({
      rateLimits: [{ limit: 2, windowSeconds: WEEK }],
      quotas: [{ limit: 4, unit: "month" }],
      operationLimits: [{ operation: "GET /gone", rateLimits: [{ limit: 3, windowSeconds: WEEK }] }],
    });
    const app = await client(api);
    const statuses = async (path: string, calls: number) => {
      const answers = [];
      for (let i = 0; i < calls; i += 1) answers.push(await callOf(api, app, path));
      return answers.map(({ status, json }) => json.code ?? status);
    };
    expect(await statuses("/x", 3)).toEqual([200, 200, "RATE_LIMIT_EXCEEDED"]);
    expect(await statuses("/gone", 3)).toEqual([200, 200, "QUOTA_EXCEEDED"]);
  });

  test("a body that turns out too large gives back what the call had taken", async () => {
    const api = await publish({
      place: fixture.place,
      backendUrl: fixture.backend.url,
      basePath: `/large-${Date.now()}`,
      schemes: pairInHeaders,
      operations: [operation("POST", "/x", security)],
      rateLimits: [{ limit: 1, windowSeconds: WEEK }],
    });
    const app = await client(api);
    const target = new URL(inject("target"));
    const req = request({
      host: target.hostname,
      port: target.port,
      path: `${api.path}/x`,
      method: "POST",
      agent: false,
    });
    for (const [name, value] of pairHeaders(app)) req.setHeader(name, value);
    req.on("error", () => undefined);
    const answered = once(req, "response");
    // Without a length the body is only found out while it comes.
    const piece = Buffer.alloc(1_024 * 1_024);
    for (let i = 0; i < 12; i += 1) req.write(piece);
    const [answer] = await answered;
    req.destroy();
    expect(answer.statusCode).toBe(413);
    const after = await call(`${api.path}/x`, { method: "POST", headers: pairHeaders(app), body: "{}" });
    expect(after.status).toBe(200);
  });
});
