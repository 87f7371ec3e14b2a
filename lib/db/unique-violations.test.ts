import { describe, expect, test } from "vitest";
import { AppError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { db, transaction } from "./client.ts";
import { uniqueViolations } from "./unique-violations.ts";

ownDatabase();

/** Rows that no person's deed makes twice: of gateways, counters, partitions, counts, redirects (a migration made those). */
const OF_MACHINES =
  /^(GatewayNode|GatewayChange|GatewayFeed|LimitCounter|QuotaCounter|CallRecord|Usage|SignIn|ApiRedirect|UnauthenticatedMinute)/;

describe("unique constraints", () => {
  test("each one of the schema has its own sentence (F57)", async () => {
    const rows = await db().$queryRaw<{ name: string; table: string; columns: bigint; primary: boolean }[]>`
      select i.relname as name, t.relname as table, x.indnkeyatts::bigint as columns, x.indisprimary as primary
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
      join pg_namespace n on n.oid = t.relnamespace
      where n.nspname = 'public' and x.indisunique and left(t.relname, 1) <> '_'`;
    // A primary key that is one ID made by us cannot be taken; one made of others' keys can.
    const named = rows.filter(
      ({ name, table, columns, primary }) =>
        !OF_MACHINES.test(table) && !(primary && columns === 1n && name !== "SandboxTestCredential_pkey"),
    );
    expect(named.map(({ name }) => name).sort()).toEqual(Object.keys(uniqueViolations).sort());
  });

  test("a violation is told by the constraint's name, in the words of the use case where it has some", async () => {
    const make = (words = {}) =>
      transaction(async (tx) => {
        await tx.user.create({
          data: { id: newId(), email: "twice@example.com", name: "Twice", passwordHash: "none" },
        });
      }, words);
    await make();
    await expect(make()).rejects.toMatchObject({ code: "NAME_TAKEN", detail: uniqueViolations.User_email_key?.detail });
    const own = new AppError("INPUT_INVALID", { detail: "In its own words." });
    await expect(make({ User_email_key: own })).rejects.toBe(own);
  });

  test("a row that is gone is a conflict in words, whether it was to be changed or to be pointed at", async () => {
    const gone = { code: "CONFLICT", detail: expect.stringContaining("deleted in the meantime") };
    await expect(
      transaction((tx) => tx.user.update({ where: { id: newId() }, data: { name: "Nobody" } })),
    ).rejects.toMatchObject(gone);
    const session = { id: newId(), userId: newId(), expiresAt: new Date() };
    await expect(transaction((tx) => tx.session.create({ data: session }))).rejects.toMatchObject(gone);
  });
});
