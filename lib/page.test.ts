import { expect, test } from "vitest";
import { listEvents } from "#lib/audit/list-events.ts";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { provider } from "#lib/test-kit/people.ts";
import { type Statement, statementsOf } from "#lib/test-kit/statements.ts";

ownDatabase();

interface Plan {
  "Actual Rows": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}

/** Rows that a statement touches, from the lowest steps of its plan. */
async function rowsRead({ text, values }: Statement): Promise<number> {
  const [row] = await db().$queryRawUnsafe<{ "QUERY PLAN": { Plan: Plan }[] }[]>(
    `explain (analyze, format json) ${text}`,
    ...values,
  );
  const count = (plan: Plan): number =>
    plan.Plans?.length
      ? plan.Plans.reduce((sum, part) => sum + count(part), 0)
      : plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0);
  return count(row?.["QUERY PLAN"][0]?.Plan ?? { "Actual Rows": Number.NaN });
}

test("a page deep down a list reads as few rows as the first, also where many have one moment (F76)", async () => {
  const { owner, organizationId } = await provider("Logged");
  const rows = 3_000;
  await db().auditEvent.createMany({
    data: Array.from({ length: rows }, (_, n) => ({
      id: newId(),
      organizationId,
      actorName: "Jo",
      action: "api.saved",
      targetType: "api",
      targetId: newId(),
      targetName: `API ${n}`,
      // Ten of each moment.
      createdAt: new Date(2026, 0, 1, 0, 0, Math.floor(n / 10)),
    })),
  });
  await db().$executeRaw`analyze "AuditEvent"`;
  const seen = new Set<string>();
  const reads: number[] = [];
  let after: string | undefined;
  for (let page = 0; page < 100; page += 1) {
    let next: string | null = null;
    const statements = await statementsOf(async () => {
      const found = await listEvents(owner, { organizationId, after });
      for (const { targetName } of found.rows) seen.add(targetName);
      next = found.next;
    });
    const list = statements.find(({ text }) => /limit/i.test(text) && /targetName/.test(text));
    if (page % 33 === 0 && list) reads.push(await rowsRead(list));
    after = next ?? undefined;
  }
  expect(seen.size).toBe(100 * 25);
  expect(reads).toHaveLength(4);
  for (const read of reads) expect(read).toBeLessThan(60);
});

test("a cursor of another list, or of a row that is gone, starts the list anew (F76)", async () => {
  const [mine, theirs] = [await provider("Mine"), await provider("Theirs")];
  const [event] = (await listEvents(theirs.owner, { organizationId: theirs.organizationId })).rows;
  const first = await listEvents(mine.owner, { organizationId: mine.organizationId });
  for (const after of [event?.id, newId()])
    expect(await listEvents(mine.owner, { organizationId: mine.organizationId, after })).toEqual(first);
});
