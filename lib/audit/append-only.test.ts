import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";

ownDatabase();

const DAY_MS = 86_400_000;
let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
});
afterAll(() => client.end());
beforeEach(() => client.query("reset all"));

interface Row {
  action: string;
  days: number;
  organizationId?: string;
  targetType?: string;
}

async function logged({ action, days, organizationId, targetType = "security" }: Row): Promise<string> {
  const { id } = await db().auditEvent.create({
    data: {
      ...{ id: newId(), organizationId: organizationId ?? null, actorName: "Somebody", action, targetType },
      ...{ targetId: newId(), targetName: "x@example.com", createdAt: new Date(Date.now() - days * DAY_MS) },
    },
  });
  return id;
}

const isThere = async (id: string) => (await db().auditEvent.count({ where: { id } })) === 1;
const refusals = ["sign-in.refused", "sign-up.refused", "password.refused", "request.refused"];

/** What the log keeps for ever, and why. */
const kept: [string, Row][] = [
  ...refusals.map((action): [string, Row] => [`${action} of 89 days`, { action, days: 89 }]),
  ["a refusal of today", { action: "sign-in.refused", days: 0 }],
  ["a refusal dated tomorrow", { action: "sign-in.refused", days: -1 }],
  ["an organization's refusal", { action: "sign-in.refused", days: 400, organizationId: newId() }],
  ["a refusal that is no security event", { action: "request.refused", days: 400, targetType: "subscription" }],
  ["a decision that ends like one", { action: "subscription.refused", days: 400 }],
  ["a session", { action: "session.opened", days: 400 }],
  ["an account", { action: "account.created", days: 400 }],
  ["a change of password", { action: "password.changed", days: 400 }],
  ["an organization's event", { action: "product.retired", days: 400, organizationId: newId(), targetType: "release" }],
];

describe("the audit log is append-only", () => {
  test.each(kept)("%s stays, whatever the function is told (F68)", async (_name, row) => {
    const id = await logged(row);
    for (const at of ["now()", "now() + interval '100 years'", "'infinity'::timestamptz", "null"]) {
      await client.query(`select delete_ended_refusals(${at})`);
      expect(await isThere(id)).toBe(true);
    }
  });

  test.each(kept)("%s stays where somebody sets the function's own switch (F68)", async (_name, row) => {
    const id = await logged(row);
    await client.query("set portico.ended_refusals = 'on'");
    await expect(client.query(`delete from "AuditEvent" where id = $1`, [id])).rejects.toThrow(/append-only/);
    await expect(client.query(`delete from "AuditEvent"`)).rejects.toThrow(/append-only/);
    await expect(client.query(`update "AuditEvent" set "createdAt" = 'epoch'`)).rejects.toThrow(/append-only/);
    await expect(client.query(`truncate "AuditEvent"`)).rejects.toThrow(/append-only/);
    expect(await isThere(id)).toBe(true);
  });

  test.each(refusals)("%s goes after 90 days, by the function alone (F68)", async (action) => {
    const id = await logged({ action, days: 91 });
    await expect(client.query(`delete from "AuditEvent" where id = $1`, [id])).rejects.toThrow(/append-only/);
    await client.query("select delete_ended_refusals(now())");
    expect(await isThere(id)).toBe(false);
    // The switch is off again in the same transaction.
    await client.query("begin; select delete_ended_refusals(now())");
    await expect(client.query(`delete from "AuditEvent" where false`)).rejects.toThrow(/append-only/);
    await client.query("rollback");
  });

  test("the refusals that the database lets go are those that the portal writes (F68)", () => {
    const source = readFileSync(join(import.meta.dirname, "record-security-event.ts"), "utf8");
    expect([...source.matchAll(/^ {2}\| "([a-z-]+\.refused)"/gm)].map(([, action]) => action)).toEqual(refusals);
  });

  test("another role of the database may not call the function, even one that may delete (F68)", async () => {
    await client.query("begin; create role audit_reader_of_a_test");
    await client.query(`grant select, delete on "AuditEvent" to audit_reader_of_a_test`);
    await client.query("set local role audit_reader_of_a_test");
    await expect(client.query("select delete_ended_refusals(now())")).rejects.toThrow(/permission denied for function/);
    await client.query("rollback");
  });
});
