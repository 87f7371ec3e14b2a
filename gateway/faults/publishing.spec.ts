import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { operation, pairInHeaders } from "#gateway/conformance/kit/own-fixture.ts";
import {
  type OwnDatabase,
  type OwnGateway,
  startDatabase,
  startGateway,
} from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { closeDb } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { change } from "#lib/test-kit/gateway-fixture.ts";
import { figure } from "./kit/figure.ts";
import { Load } from "./kit/load.ts";
import { answerPlainly, makeCalled } from "./kit/place.ts";
import { isFull } from "./scale.ts";

// An API is published anew, again and again, while it is called.

const TIMES = isFull ? 2_000 : 50;
const CLIENTS = 8;
const MB = 1024 * 1024;
/**
 * What a process may hold more at the end than halfway. Under load it grows to its size in the first 800 publications
 * (200 to 290 MB) and stays there; the short form sees a part of that.
 */
const GROWTH_MAX = (isFull ? 16 : 48) * MB;

let database: OwnDatabase;
let backend: RecordingBackend;
let gateway: OwnGateway;

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  backend = await startBackend();
  answerPlainly(backend);
  gateway = await startGateway(database.url);
});
afterAll(async () => {
  await gateway?.stop();
  await closeDb();
  await backend?.stop();
  await database?.stop();
});

const of = (file: string) => readFileSync(`/proc/${gateway.process.pid}/${file}`, "utf8");
const resident = (): number => Number(/VmRSS:\s+(\d+) kB/.exec(of("status"))?.[1]) * 1024;

test(`published ${TIMES} times under load: no call gets a wrong answer, what was published answers, nothing piles up`, async () => {
  const { api, subscriptionId, path, headers } = await makeCalled(backend);
  const { apiDefinitionId, publishedApiId, releaseId } = api;
  const load = new Load(gateway.address, path, headers, CLIENTS);
  let planId = api.planId;
  let halfway = 0;

  for (let i = 1; i <= TIMES; i += 1) {
    const text = { title: "w", version: "1.0.0", basePath: "/w", source: "" };
    const operations = [operation("GET", "/x", [["id", "secret"]]), operation("GET", `/at-${i}`)];
    const compiled = {
      format: 1,
      basePath: "/w",
      enforced: true,
      schemes: pairInHeaders,
      forwardsAuthorization: false,
      operations,
    };
    const revisionId = newId();
    const nextPlanId = newId();
    // The plan goes with the release and the subscription moves: a call that saw half of it would get 403 or 404.
    const live = await change("release", releaseId, async (tx) => {
      await tx.apiRevision.create({
        data: { id: revisionId, apiDefinitionId, hash: revisionId, ...text, compiled: compiled as object },
      });
      await tx.publishedApi.update({ where: { id: publishedApiId }, data: { revisionId } });
      const plan = { name: `plan-${i}`, title: "Plan", rateLimits: [], requiresApproval: false, position: i };
      await tx.releasePlan.create({ data: { id: nextPlanId, releaseId, ...plan } });
      await tx.subscription.update({ where: { id: subscriptionId }, data: { releasePlanId: nextPlanId } });
      await tx.releasePlan.delete({ where: { id: planId } });
    });
    planId = nextPlanId;
    expect(live.complete).toBe(true);
    expect((await call(`${api.path}/at-${i}`, {}, gateway.address)).status).toBe(200);
    if (i > 1) expect((await call(`${api.path}/at-${i - 1}`, {}, gateway.address)).status).toBe(404);
    if (i === TIMES / 2) halfway = resident();
  }
  await load.stop();
  expect([load.others(), load.broken]).toEqual([[], []]);
  const growth = resident() - halfway;
  figure(`published ${TIMES} times: calls, wrong answers`, `${load.calls.length}, 0`, "0 wrong");
  figure("growth of memory, from halfway to the end", `${(growth / MB).toFixed(0)} MB`);
  expect(growth).toBeLessThan(GROWTH_MAX);
  // Connections to the backend are those of the clients, not some of each publication.
  const { port } = new URL(backend.url);
  const open = of("net/tcp")
    .split("\n")
    .filter((line) => line.includes(`:${Number(port).toString(16).toUpperCase().padStart(4, "0")} 01 `));
  expect(open.length).toBeLessThanOrEqual(2 * CLIENTS + 2);
});
