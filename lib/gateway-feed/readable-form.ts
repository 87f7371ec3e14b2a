import type { CompiledForm } from "#lib/api-definition/compiled.ts";
import { firstReader, NEWEST_FORM } from "#lib/api-definition/compiler.ts";
import { db, type Tx } from "#lib/db/client.ts";

/**
 * A gateway that has said nothing for so long does not come back. Longer than five seconds: one that lost the database for
 * a while serves on, and would find its APIs in a form that it cannot read when the database is back.
 */
const GONE_MS = 10 * 60_000;

/**
 * The newest compiled form that every gateway reads which runs: what publishing may write. One that does not say its
 * version reads the first form alone.
 */
export async function readableForm(reader: Tx = db()): Promise<CompiledForm> {
  const nodes = await reader.$queryRaw<{ version: string | null }[]>`
    select distinct version from "GatewayNode" where "heartbeatAt" > now() - ${GONE_MS} * interval '1 millisecond'`;
  return nodes.every(({ version }) => reads(version, NEWEST_FORM)) ? NEWEST_FORM : 1;
}

const reads = (version: string | null, form: CompiledForm): boolean =>
  version !== null && compareVersions(version, firstReader[form]) >= 0;

/** By major, minor and patch; what is no number counts as 0. */
function compareVersions(a: string, b: string): number {
  const parts = (version: string) => version.split(/[.+-]/, 3).map((part) => Number(part) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
