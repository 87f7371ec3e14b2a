import { type BoundLimit, remaining, resetSeconds } from "./windows.ts";

const NONE: readonly string[] = [];

/**
 * Renders RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10: a list of named policies with quota
 * `q` and window `w` in seconds, and for each what remains `r` and the seconds to its reset `t`), and the plain
 * X-RateLimit-* of the tightest limit, as a flat header array. Empty for an unlimited plan.
 */
export function limitHeaders(limits: readonly BoundLimit[], nowMs: number): readonly string[] {
  const first = limits[0];
  if (!first) return NONE;
  let policy = "";
  let state = "";
  let tight = first;
  let tightLeft = remaining(first);
  for (const limit of limits) {
    const left = remaining(limit);
    if (left < tightLeft || (left === tightLeft && limit.windowSeconds > tight.windowSeconds)) {
      tight = limit;
      tightLeft = left;
    }
    const separator = policy === "" ? "" : ", ";
    policy += `${separator}"${limit.name}";q=${limit.limit};w=${limit.windowSeconds}`;
    state += `${separator}"${limit.name}";r=${left};t=${resetSeconds(limit, nowMs)}`;
  }
  return [
    "RateLimit-Policy",
    policy,
    "RateLimit",
    state,
    "X-RateLimit-Limit",
    String(tight.limit),
    "X-RateLimit-Remaining",
    String(tightLeft),
    "X-RateLimit-Reset",
    String(resetSeconds(tight, nowMs)),
  ];
}
