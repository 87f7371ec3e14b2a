import { expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { provider } from "#lib/test-kit/people.ts";
import { db, type Tx, transaction } from "./client.ts";
import { lockNames, lockRows, toChange, toEnd, toRead } from "./lock-rows.ts";

ownDatabase();

test("rows are taken in the one order, whatever order they are asked in; a later call out of order is a fault", async () => {
  const { organizationId } = await provider();
  const { id: spaceId } = await db().space.findFirstOrThrow({ where: { organizationId } });
  await transaction(async (tx) => {
    expect(await lockRows(tx, { Space: toChange(spaceId), Organization: toRead(organizationId) })).toBe(true);
    // What is held may be asked for again, by an inner part of a larger deed.
    expect(await lockRows(tx, { Organization: toRead(organizationId) })).toBe(true);
    await expect(lockRows(tx, { Organization: toEnd(organizationId) })).rejects.toThrow("out of order");
    await expect(lockNames(tx)).rejects.toThrow("names are locked before rows");
  });
});

test("a row that is not there is told", async () => {
  await transaction(async (tx) => expect(await lockRows(tx, { Product: toRead(newId()) })).toBe(false));
});

test("two that took rows the wrong way round are both carried out: the one that PostgreSQL ends is tried again", async () => {
  const { organizationId } = await provider();
  const { id: spaceId } = await db().space.findFirstOrThrow({ where: { organizationId } });
  const statements = [
    (tx: Tx) => tx.$queryRaw`select 1 from "Organization" where id = ${organizationId}::uuid for update`,
    (tx: Tx) => tx.$queryRaw`select 1 from "Space" where id = ${spaceId}::uuid for update`,
  ] as const;
  let arrived = 0;
  let open = (): void => undefined;
  const both = new Promise<void>((resolve) => {
    open = resolve;
  });
  let runs = 0;
  const run = (first: 0 | 1) =>
    transaction(async (tx) => {
      runs += 1;
      await statements[first](tx);
      arrived += 1;
      if (arrived >= 2) open();
      await both;
      await statements[first === 0 ? 1 : 0](tx);
      return "done";
    });
  expect(await Promise.all([run(0), run(1)])).toEqual(["done", "done"]);
  expect(runs).toBeGreaterThan(2);
});
