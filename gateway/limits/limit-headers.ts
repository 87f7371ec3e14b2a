import { type BoundLimits, policyOf } from "./counter.ts";

const NONE: readonly string[] = [];

/**
 * Renders RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10: for each named policy what remains
 * `r` and the seconds to its reset `t`), and the plain X-RateLimit-* of the tightest limit, as a flat header array.
 * Empty for an unlimited plan.
 */
export function limitHeaders(bound: BoundLimits, nowMs: number): readonly string[] {
  const { limits } = bound;
  let tight = limits[0];
  if (!tight) return NONE;
  let state = "";
  let tightLeft = Number.POSITIVE_INFINITY;
  for (const limit of limits) {
    const left = Math.max(0, limit.limit - limit.counter.used);
    if (left < tightLeft || (left === tightLeft && limit.counter.endMs > tight.counter.endMs)) {
      tight = limit;
      tightLeft = left;
    }
    state += `${state === "" ? "" : ", "}"${limit.name}";r=${left};t=${limit.counter.resetSeconds(nowMs)}`;
  }
  return [
    "RateLimit-Policy",
    bound.policy ?? policyOf(limits),
    "RateLimit",
    state,
    "X-RateLimit-Limit",
    String(tight.limit),
    "X-RateLimit-Remaining",
    String(tightLeft),
    "X-RateLimit-Reset",
    String(tight.counter.resetSeconds(nowMs)),
  ];
}
