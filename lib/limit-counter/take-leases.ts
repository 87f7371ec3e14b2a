import { connection } from "./connection.ts";

/** What a gateway asks of one window. */
export interface LeaseDemand {
  key: string;
  startMs: number;
  endMs: number;
  /** Calls of the window over all gateways. */
  cap: number;
  /** Calls that passed already without the table knowing; below zero: leased calls that come back. */
  debt: number;
  /** Calls that wait for the answer. */
  waiting: number;
  /** Calls wanted for later; fewer are given the nearer the cap is. */
  ahead: number;
}

export interface Lease {
  granted: number;
  /** Used or leased of the window over all gateways, this grant with it. */
  total: number;
}

/**
 * Leases calls of windows, in one statement: never more than the cap of each in all. `live` gateways share what is
 * leased ahead. Answers in the order of the demands; null when another gateway counts alone, and must hand over first.
 */
export async function takeLeases(
  nodeId: string,
  live: number,
  demands: readonly LeaseDemand[],
): Promise<Lease[] | null> {
  const { rows } = await connection().query<{ item: number; granted: string; total: string }>(
    `select item, granted, total from limit_counter_take($1::uuid, $2::int, $3::text[],
       (select array_agg(to_timestamp(ms / 1000.0) order by at) from unnest($4::bigint[]) with ordinality as s(ms, at)),
       (select array_agg(to_timestamp(ms / 1000.0) order by at) from unnest($5::bigint[]) with ordinality as e(ms, at)),
       $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])`,
    [
      nodeId,
      live,
      demands.map((demand) => demand.key),
      demands.map((demand) => demand.startMs),
      demands.map((demand) => demand.endMs),
      demands.map((demand) => demand.cap),
      demands.map((demand) => demand.debt),
      demands.map((demand) => demand.waiting),
      demands.map((demand) => demand.ahead),
    ],
  );
  if (rows.length < demands.length) return null;
  const leases: Lease[] = Array.from(demands, () => ({ granted: 0, total: 0 }));
  for (const row of rows) leases[row.item] = { granted: Number(row.granted), total: Number(row.total) };
  return leases;
}

/** Removes the windows that ended. */
export async function sweepLimitCounters(): Promise<void> {
  // A gateway whose clock is behind may still ask for the window before.
  await connection().query(`delete from "LimitCounter" where "endsAt" < now() - interval '1 minute'`);
}
