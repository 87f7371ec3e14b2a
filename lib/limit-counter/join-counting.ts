import { connection } from "./connection.ts";

export interface Counting {
  /** Other gateways that count and are alive. */
  others: number;
  /** One of them counts alone, and has to hand over before anybody else counts. */
  otherAlone: boolean;
  /** This one counts alone, until it says otherwise or is silent for five seconds. */
  alone: boolean;
}

/** Enters a gateway in the list of those that count, or renews its entry; `wantsAlone`: it would count in its memory. */
export async function joinCounting(node: { id: string; address: string }, wantsAlone: boolean): Promise<Counting> {
  const { rows } = await connection().query<{ others: number; other_alone: boolean; alone: boolean }>(
    "select others, other_alone, alone from limit_counter_join($1::uuid, $2, $3)",
    [node.id, node.address, wantsAlone],
  );
  const [row] = rows;
  if (!row) throw new Error("limit_counter_join answered no row");
  return { others: row.others, otherAlone: row.other_alone, alone: row.alone };
}
