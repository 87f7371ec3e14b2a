import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from "vitest";
import { closeDb, db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { closeLimitCounters } from "#lib/limit-counter/connection.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { Counters, type SubscriptionLimits } from "./counter.ts";
import type { Taken } from "./limit-store.ts";
import { SharedLimits } from "./shared-limits.ts";

ownDatabase();

const NOW = Date.parse("2096-03-09T00:00:00Z");

/** A way to Postgres that can be cut, or hang: what is sent goes nowhere. */
let way: Server;
const ends = new Set<Socket>();
let state: "open" | "cut" | "hanging" = "open";

beforeAll(async () => {
  const database = new URL(process.env.DATABASE_URL ?? inject("postgresUrl"));
  const { port, hostname } = database;
  way = createServer((near) => {
    if (state === "cut") return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one);
      one.on("data", (data) => void (state !== "hanging" && other.write(data)));
      one.on("error", () => undefined);
      one.on("close", () => other.destroy());
    }
  }).listen(0, "127.0.0.1");
  await once(way, "listening");
  database.host = `127.0.0.1:${(way.address() as AddressInfo).port}`;
  process.env.DATABASE_URL = database.href;
});
afterAll(async () => {
  for (const end of ends) end.destroy();
  way.close();
  await once(way, "close");
});
afterEach(async () => {
  set("open");
  for (const store of running.splice(0)) await store.stop();
  await closeLimitCounters();
  await db().gatewayNode.deleteMany();
  await closeDb();
});

function set(next: typeof state): void {
  state = next;
  if (next === "hanging") return;
  for (const end of ends) end.destroy();
  ends.clear();
}

const running: SharedLimits[] = [];
async function start(mayBeAlone: boolean): Promise<SharedLimits> {
  const store = new SharedLimits({ id: newId(), address: "test" }, { mayBeAlone });
  running.push(store);
  await store.start();
  return store;
}
/** Every one of them has seen the others. */
async function startMany(count: number): Promise<SharedLimits[]> {
  const stores: SharedLimits[] = [];
  while (stores.length < count) stores.push(await start(false));
  await vi.waitFor(() => expect(stores.map((store) => store.gateways)).toEqual(stores.map(() => count)), {
    timeout: 25_000,
  });
  return stores;
}

const bind = (id: string, calls: number): SubscriptionLimits =>
  new Counters().bind(id, [{ kind: "rate", limit: calls, window: 3_600, hard: true, scope: "" }]);
const count = (taken: readonly Taken[]): number => taken.filter((one) => !one.bound).length;
const takeMany = (store: SharedLimits, limits: SubscriptionLimits, calls: number): Promise<Taken[]> =>
  Promise.all(Array.from({ length: calls }, () => store.take(limits, NOW)));

test("while Postgres is away each gateway lets its share pass: no outage, no open door; afterwards all of it counts", async () => {
  const stores = await startMany(2);
  const id = newId();
  const bound = stores.map(() => bind(id, 1_001));
  set("cut");
  const away = await Promise.all(stores.map((store, at) => takeMany(store, bound[at] as SubscriptionLimits, 2_000)));
  // Half of the limit each, rounded up.
  expect(away.map(count)).toEqual([501, 501]);
  expect(stores.map((store) => store.stats.postgresLost)).toEqual([1, 1]);

  set("open");
  await vi.waitFor(() => expect(stores.map((store) => store.mode)).toEqual(["leases", "leases"]), { timeout: 25_000 });
  const third = await start(false);
  expect(count(await takeMany(third, bind(id, 2_000), 4_000))).toBe(2_000 - 1_002);
});

test("a Postgres that hangs holds a call for two seconds at most, and the next ones not at all", async () => {
  const [store] = (await startMany(1)) as [SharedLimits];
  set("hanging");
  expect(count(await takeMany(store, bind(newId(), 5), 20))).toBe(5);
  // It is given up: nobody waits any more.
  const next = Array.from({ length: 9 }, () => store.take(bind(newId(), 5), NOW));
  expect(next.some((taken) => taken instanceof Promise)).toBe(false);
});

test("a gateway that is alone counts on in memory, exactly, as if nothing had happened", async () => {
  const store = await start(true);
  const limits = bind(newId(), 100);
  expect(count(await takeMany(store, limits, 60))).toBe(60);
  set("cut");
  await vi.waitFor(() => expect(store.stats.postgresLost).toBe(1), { timeout: 25_000 });
  expect(count(await takeMany(store, limits, 60))).toBe(40);
  expect(count(await takeMany(store, bind(newId(), 7), 60))).toBe(7);
});
