import { invariant } from "#lib/invariant.ts";
import { ADVISORY_LOCKS } from "./advisory-locks.ts";
import type { Tx } from "./client.ts";

/**
 * The one order in which transactions take rows, from what holds to what is held (docs/decisions/034): two deeds at
 * once can then wait for each other, but never both at the same time. Every use case that checks one row and writes
 * another takes both here, before its first check.
 */
const ORDER = [
  "User",
  "Organization",
  "Space",
  "Catalog",
  "ApiDefinition",
  "Product",
  "ProductRelease",
  "Application",
  "ServiceId",
  "Credential",
  "Subscription",
] as const;
type Table = (typeof ORDER)[number];

/**
 * read: it stays as it is until the commit, others may read it so too; change: nobody else reads or changes it so;
 * end: besides, no row may come to point at it. The first two let rows that point at it come (FOR KEY SHARE).
 */
type Strength = "read" | "change" | "end";
const STRENGTHS: readonly Strength[] = ["read", "change", "end"];
const CLAUSES = { read: "for share", change: "for no key update", end: "for update" } as const;

interface Lock {
  ids: readonly string[];
  strength: Strength;
}

const lock =
  (strength: Strength) =>
  (ids: string | readonly string[]): Lock => ({ ids: typeof ids === "string" ? [ids] : ids, strength });
export const toRead = lock("read");
export const toChange = lock("change");
export const toEnd = lock("end");

/** What a transaction holds, to see that it asks in the order. */
const holdings = new WeakMap<Tx, { rank: number; held: Map<string, Strength> }>();

/**
 * Takes rows in the one order, those of a table by ID. False when one of them is not there, or not any more: what was
 * read before the transaction no longer holds. An inner part of a larger deed may ask again for what the deed holds.
 */
export async function lockRows(tx: Tx, wanted: Partial<Record<Table, Lock>>): Promise<boolean> {
  const holding = holdings.get(tx) ?? { rank: -1, held: new Map<string, Strength>() };
  holdings.set(tx, holding);
  let complete = true;
  for (const [rank, table] of ORDER.entries()) {
    const asked = wanted[table];
    if (!asked) continue;
    const { strength } = asked;
    const ids = [...new Set(asked.ids)].filter((id) => !covers(holding.held.get(id), strength)).sort();
    if (ids.length === 0) continue;
    invariant(rank > holding.rank, `${table} is locked out of order`);
    holding.rank = rank;
    const found = await tx.$queryRawUnsafe<unknown[]>(
      `select id from "${table}" where id = any($1::uuid[]) order by id ${CLAUSES[strength]}`,
      ids,
    );
    for (const id of ids) holding.held.set(id, strength);
    if (found.length < ids.length) complete = false;
  }
  return complete;
}

const covers = (held: Strength | undefined, wanted: Strength): boolean =>
  held !== undefined && STRENGTHS.indexOf(held) >= STRENGTHS.indexOf(wanted);

/**
 * Makes those who look for a free name over the whole installation (an organization's slug, a path prefix) take turns.
 * Before `lockRows` and before the first write.
 */
export async function lockNames(tx: Tx): Promise<void> {
  invariant(!holdings.has(tx), "names are locked before rows");
  await tx.$executeRaw`select pg_advisory_xact_lock(${ADVISORY_LOCKS.names}::bigint)`;
}

/**
 * Takes the subscriptions of one release, application or product by ID, the last in the order; the row that holds them
 * is taken already, so that none joins them. Returns their IDs.
 */
export async function lockSubscriptionsOf(
  tx: Tx,
  of: { releaseId: string } | { applicationId: string } | { productId: string },
  options: { openOnly?: boolean } = {},
): Promise<string[]> {
  const [column, id] = Object.entries(of)[0] as [string, string];
  const open = options.openOnly ? `and state in ('pending', 'active', 'suspended')` : "";
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(
    `select id from "Subscription" where "${column}" = $1::uuid ${open} order by id for update`,
    id,
  );
  return rows.map((row) => row.id);
}
