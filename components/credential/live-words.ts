import { plural } from "#lib/format.ts";

interface Live {
  gateways: number;
  live: number;
  complete: boolean;
}

/** Which gateways hold a change, in words: what the page may promise and what not. */
export function liveWords({ gateways, live, complete }: Live): string {
  if (gateways === 0) return "Saved. No gateway is running; it holds as soon as one starts.";
  if (complete) return gateways === 1 ? "Live on the gateway." : `Live on all ${gateways} gateways.`;
  return `Saved. Live on ${live} of ${plural(gateways, "gateway")}; the others follow.`;
}
