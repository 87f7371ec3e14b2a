import { db, type Tx } from "#lib/db/client.ts";

export interface ApplicationForGateway {
  id: string;
  state: "active" | "suspended";
}

/** Reads all applications, or those of `ids`: all that the gateway asks of one is whether it is suspended. */
export function readApplicationsForGateway(ids?: readonly string[], tx: Tx = db()): Promise<ApplicationForGateway[]> {
  return tx.application.findMany({
    where: ids ? { id: { in: [...ids] } } : {},
    select: { id: true, state: true },
  });
}
