import type { Call } from "#gateway/call.ts";
import { installationPseudonym } from "#lib/crypto/keys.ts";

/** Chained APIs of one installation are a design; more than this many times through it is an API that calls itself. */
const PASSES_MAX = 4;

/** Ours, for a request that came in HTTP/1.1; made once. */
let ours = "";
const ownField = (): string => {
  ours ||= `1.1 ${installationPseudonym()}`;
  return ours;
};

/** Via for the backend (RFC 9110 7.6.3): what the client sent, then this installation. */
export function viaField({ via, req }: Call): string {
  const own = req.httpVersionMinor === 0 ? ownField().replace("1.1", "1.0") : ownField();
  return via === "" ? own : `${via}, ${own}`;
}

/** Whether a request with this Via went through this installation so often that it goes in a circle. */
export function hasPassedTooOften(via: string): boolean {
  const name = ownField().slice("1.1 ".length);
  let passes = 0;
  for (let at = via.indexOf(name); at >= 0 && passes <= PASSES_MAX; at = via.indexOf(name, at + name.length))
    passes += 1;
  return passes > PASSES_MAX;
}
