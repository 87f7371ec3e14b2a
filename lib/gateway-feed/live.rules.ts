import { formatMoment, plural } from "#lib/format.ts";

/** A gateway that has not confirmed a change. */
export interface Unconfirmed {
  /** Machine, port and process; null where the reader may not know the installation's machines. */
  address: string | null;
  /** Its last heartbeat, when it has stopped; null: it answers and is behind. */
  silentSince: Date | null;
}

/** What the gateways say of a change after its commit. */
export interface LiveState {
  /** Gateway processes that may be serving: those that are alive, and those that fell silent without saying that they stop. */
  gateways: number;
  /** Those that have applied the change. */
  live: number;
  /** Whether each of them (at least one) has applied it. */
  complete: boolean;
  waitedMs: number;
  /** The others, longest silent first; not more than a person reads. */
  unconfirmed: Unconfirmed[];
}

/** Of those that have not confirmed, so many are named. */
export const UNCONFIRMED_MAX = 5;

const wordsOf = ({ address, silentSince }: Unconfirmed): string =>
  `${address ?? "a gateway"}, ${silentSince ? `silent since ${formatMoment(silentSince)}` : "which answers and is behind"}`;

/** "Not confirmed: api-2 0.0.0.0:8080, process 3, silent since 22 Nov 2026, 14:31 UTC."; "" when all have. */
export function unconfirmedWords({ gateways, live, unconfirmed }: LiveState): string {
  if (unconfirmed.length === 0) return "";
  const more = gateways - live - unconfirmed.length;
  return `Not confirmed: ${unconfirmed.map(wordsOf).join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
}

/** What a silent gateway may mean; "" when none is. */
export const silentWords = ({ unconfirmed }: LiveState): string =>
  unconfirmed.some(({ silentSince }) => silentSince !== null)
    ? "A silent gateway has ended, or serves on without the database as before; an administrator can dismiss one that has ended."
    : "";

/** Which gateways hold a change, in words: what the page may promise and what not. */
export function liveWords(state: LiveState): string {
  const { gateways, live, complete } = state;
  if (gateways === 0) return "Saved. No gateway is running; it holds as soon as one starts.";
  if (complete) return gateways === 1 ? "Live on the gateway." : `Live on all ${gateways} gateways.`;
  return `Saved. Live on ${live} of ${plural(gateways, "gateway")}. ${unconfirmedWords(state)}`;
}
