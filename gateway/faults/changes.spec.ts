import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { pairHeaders } from "#gateway/conformance/kit/own-fixture.ts";
import {
  type OwnDatabase,
  type OwnGateway,
  startDatabase,
  startGateway,
} from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { closeDb, type Tx } from "#lib/db/client.ts";
import type { ChangeKind } from "#lib/gateway-feed/record-change.ts";
import { addSecret, change, makeApplication, makeCredential, subscribe } from "#lib/test-kit/gateway-fixture.ts";
import { figure } from "./kit/figure.ts";
import { Load } from "./kit/load.ts";
import { answerPlainly, makeCalled } from "./kit/place.ts";
import { isFull } from "./scale.ts";

// What the management API answered is in force on every process, while others call.

const WORKERS = 4;
const ROUNDS = isFull ? 100 : 5;
/** On connections of their own: each process gets some. */
const PROBES = 16;
const LATEST_MS = process.env.FAULTS === "full" ? 1_000 : 20_000;

let database: OwnDatabase;
let backend: RecordingBackend;
let gateway: OwnGateway;
let called: Awaited<ReturnType<typeof makeCalled>>;
let load: Load;

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  backend = await startBackend();
  answerPlainly(backend);
  gateway = await startGateway(database.url, { workers: WORKERS });
  called = await makeCalled(backend);
  load = new Load(gateway.address, called.path, called.headers, 2);
});
afterAll(async () => {
  await load?.stop();
  await gateway?.stop();
  await closeDb();
  await backend?.stop();
  await database?.stop();
});

type Pair = { clientId: string; secret: string };
const probe = (pair: Pair) =>
  Promise.all(
    Array.from({ length: PROBES }, async () => {
      return (await call(called.path, { headers: pairHeaders(pair) }, gateway.address)).status;
    }),
  );

/** Milliseconds from the management call's answer until no process answers otherwise; 0 = already then. */
async function untilEverywhere(pair: Pair, status: number): Promise<number> {
  const returned = performance.now();
  let first = true;
  for (;;) {
    const asked = performance.now();
    if ((await probe(pair)).every((one) => one === status)) return first ? 0 : asked - returned;
    first = false;
    expect(asked - returned).toBeLessThan(LATEST_MS);
  }
}

async function client() {
  const applicationId = await makeApplication(called.place);
  const subscriptionId = await subscribe(applicationId, called.api);
  return { ...(await makeCredential(applicationId)), subscriptionId };
}

interface Change {
  name: string;
  status: number;
  make(own: Awaited<ReturnType<typeof client>>): { kind: ChangeKind; id: string; work: (tx: Tx) => Promise<unknown> };
}

const changes: Change[] = [
  {
    name: "a revoked credential",
    status: 401,
    make: ({ id }) => ({
      kind: "credential",
      id,
      work: (tx) => tx.credential.update({ where: { id }, data: { status: "revoked" } }),
    }),
  },
  {
    name: "a secret that a rotation ended",
    status: 401,
    make: ({ id, clientId, secret }) => ({
      kind: "credential",
      id,
      work: async (tx) => {
        const ended = { credentialId: id, last4: secret.slice(-4) };
        await tx.credentialSecret.updateMany({ where: ended, data: { notAfter: new Date(Date.now() - 1) } });
        await addSecret(tx, id, clientId, newClientSecret("sandbox"));
      },
    }),
  },
  {
    name: "a suspended application",
    status: 403,
    make: ({ applicationId: id }) => ({
      kind: "application",
      id,
      work: (tx) => tx.application.update({ where: { id }, data: { state: "suspended" } }),
    }),
  },
  {
    name: "an ended subscription",
    status: 403,
    make: ({ subscriptionId: id }) => ({
      kind: "subscription",
      id,
      work: (tx) => tx.subscription.update({ where: { id }, data: { state: "cancelled" } }),
    }),
  },
];

for (const { name, status, make } of changes) {
  test(`${name} is refused by all ${WORKERS} processes once its action has answered`, async () => {
    const took: number[] = [];
    const after: number[] = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const own = await client();
      // A new credential works everywhere at once.
      after.push(await untilEverywhere(own, 200));
      const { kind, id, work } = make(own);
      const asked = performance.now();
      const live = await change(kind, id, work);
      took.push(performance.now() - asked);
      expect(live).toMatchObject({ gateways: WORKERS, complete: true });
      after.push(await untilEverywhere(own, status));
    }
    const sorted = (all: number[]) => [...all].sort((a, b) => a - b);
    const p99 = (all: number[]) => (sorted(all)[Math.ceil(all.length * 0.99) - 1] ?? 0).toFixed(0);
    figure(
      `${name}: in force after the answer, p99 and max`,
      `${p99(after)} and ${Math.max(...after).toFixed(0)} ms`,
      "p99 < 200 ms, always < 1 s",
    );
    figure("   its action, with the wait for all processes, p99", `${p99(took)} ms`);
    expect([load.others(), load.broken]).toEqual([[], []]);
  });
}
