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
import { closeDb, db } from "#lib/db/client.ts";
import { listenForChanges } from "#lib/gateway-feed/listen-for-changes.ts";
import { FEED_CHANNEL } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";
import { change, makeCredential } from "#lib/test-kit/gateway-fixture.ts";
import { Wire } from "#lib/test-kit/wire.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { answerPlainly, makeCalled } from "./kit/place.ts";

// A database that hangs: connections are accepted and stay open, and no byte comes. To a gateway it is one that is away.

let database: OwnDatabase;
let wire: Wire;
let backend: RecordingBackend;
let gateway: OwnGateway;
let admin = "";

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  wire = new Wire(database.url);
  await wire.up();
  backend = await startBackend();
  answerPlainly(backend);
  const port = await freePort();
  admin = `http://127.0.0.1:${port}`;
  gateway = await startGateway(wire.url(), { env: { GATEWAY_ADMIN_PORT: String(port) } });
});
afterAll(async () => {
  await gateway?.stop();
  await wire?.down();
  await backend?.stop();
  await closeDb();
  await database?.stop();
});

/** Seconds since the feed was last read, as Prometheus is told. */
async function snapshotAge(): Promise<number> {
  const { text } = await call("/metrics", {}, admin);
  return Number(/^portico_snapshot_age_seconds\S* (\S+)$/m.exec(text)?.[1]);
}

/** What the gateway reads of a change with Prisma: one row beside a transaction, and rows within one. */
const places = [
  { where: "in a read of its own", kind: "signing-key", question: /"SigningKey"/ },
  { where: "within a transaction", kind: "credential", question: /"Credential"/ },
] as const;

test.each(places)(
  "the database hangs $where: calls go on, staleness is told, and changes are seen when it answers again",
  async ({ kind, question }) => {
    const { path, headers, credential } = await makeCalled(backend);
    const other = await makeCredential(credential.applicationId);
    const ask = (as = headers) => call(path, { headers: as }, gateway.address);
    expect((await ask(pairHeaders(other))).status).toBe(200);

    const hung = wire.hangAt(question);
    expect(await change(kind, kind === "credential" ? other.id : newId(), async () => undefined)).toMatchObject({
      complete: false,
    });
    await hung;
    let age = 0;
    while (age < 3) {
      expect((await ask()).status).toBe(200);
      age = await snapshotAge();
    }
    // The portal hears of it: a change that is made meanwhile is not said to be live, and nobody waits for it.
    const revoke = () =>
      change("credential", other.id, (tx) =>
        tx.credential.update({ where: { id: other.id }, data: { status: "revoked" } }),
      );
    let live = await revoke();
    while (!live.unconfirmed[0]?.silentSince) live = await revoke();
    expect(live).toMatchObject({ gateways: 1, live: 0, complete: false });
    expect((await ask(pairHeaders(other))).status).toBe(200);

    wire.recover();
    while ((await ask(pairHeaders(other))).status !== 401) expect((await ask()).status).toBe(200);
    while (!(await change("credential", other.id, async () => undefined)).complete)
      expect((await ask()).status).toBe(200);
    expect(await snapshotAge()).toBeLessThan(3);
    expect(await db().gatewayNode.count()).toBe(1);
  },
);

test("the connection that hears of changes is made again after the database hung", async () => {
  const own = new Wire(database.url);
  await own.up();
  let heard = 0;
  const stop = listenForChanges(own.url(), () => {
    heard += 1;
  });
  /** A connection that is made counts as news as well. */
  const untilHeard = async (times: number) => {
    while (heard < times) await db().$executeRaw`select 1`;
  };
  await untilHeard(1);
  // What asks whether it still lives.
  await own.hangAt(/select 1/);
  own.recover();
  await untilHeard(2);
  await db().$executeRaw`select pg_notify(${FEED_CHANNEL}, '')`;
  await untilHeard(3);
  await stop();
  await own.down();
});
