import { afterAll, beforeAll, expect, test } from "vitest";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { Wire } from "#lib/test-kit/wire.ts";
import { closeDb, db, limitStatements, transaction } from "./client.ts";

ownDatabase();

let wire: Wire;
beforeAll(async () => {
  const url = new URL(process.env.DATABASE_URL ?? "");
  wire = new Wire(url.href);
  await wire.up();
  url.port = String(wire.port);
  process.env.DATABASE_URL = url.href;
  limitStatements(400);
});
afterAll(async () => {
  await closeDb();
  await wire.down();
});

const away = { code: "DATABASE_AWAY", status: 503, digest: "DATABASE_AWAY" };

test("a statement of the portal gives up in time, in a transaction too, and the next one is served (F69)", async () => {
  await expect(db().$queryRaw`select pg_sleep(60)`).rejects.toMatchObject(away);
  await expect(transaction((tx) => tx.$queryRaw`select pg_sleep(60)`)).rejects.toMatchObject(away);
  expect(await db().user.count()).toBe(0);
  // In the database as well: nothing of it runs on.
  const running = await db().$queryRaw<unknown[]>`
    select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`;
  expect(running).toEqual([]);
});

test("a database that hangs is given up, and asked again when it is back (F69)", async () => {
  const hangs = wire.hangAt(/User/);
  // Prisma asks when somebody listens.
  const asked = db().user.count().then(Number);
  await hangs;
  await expect(asked).rejects.toMatchObject(away);
  await expect(transaction((tx) => tx.user.count())).rejects.toMatchObject(away);
  wire.recover();
  expect(await db().user.count()).toBe(0);
});
