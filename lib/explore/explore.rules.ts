import { publicCode, type Refusal, refusals } from "#lib/errors/refusals.ts";
import { shortClientId } from "#lib/format.ts";
import type { ApiRef } from "#lib/paths.ts";
import type { AnsweredHead, CallHead } from "./explore.schema.ts";

/** What mends a refusal: a page to go to, or something that the console does by itself. */
export type Fix =
  | { label: string; href: string }
  | { label: string; action: "use-application" | "reset-values" | "get-token" | "send-again" | "reload" };

export interface Explanation {
  title: string;
  /** Cause and remedy in a sentence or two. */
  words: string;
  fix: Fix;
}

/** What the console knows of the call that was refused. */
export interface CallContext {
  ref: ApiRef;
  /** The console's own address, for the way back from sign-in. */
  here: string;
  /** Title and kind of the catalog: "Sandbox", "sandbox". */
  catalog: { title: string; kind: "sandbox" | "production"; provider: string };
  /** The application that is chosen; null when none is. */
  caller: {
    id: string;
    name: string;
    plan: string | null;
    state: "ready" | "pending" | "suspended" | "not-subscribed";
  } | null;
  /** The person's applications with their own client IDs for this environment; what was mistyped is looked for in them. */
  own: { name: string; clientIds: string[] }[];
  signedIn: boolean;
  /** Whether the person typed an ID, a secret or a token instead of leaving it to Portico. */
  byHand: boolean;
  clientId: string | null;
}

/** The limits that an answer tells (gateway.md part 3): of the tightest limit of the plan. */
export interface LimitsLeft {
  limit: number;
  remaining: number;
  resetSeconds: number;
}

export const headerOf = (head: AnsweredHead, name: string): string | undefined =>
  head.headers.find(([n]) => n.toLowerCase() === name.toLowerCase())?.[1];

/** A limit of the plan that is used up. */
export interface UsedUpLimit {
  limit: number;
  windowSeconds: number;
  resetSeconds: number;
}

/** Reads RateLimit-Policy and RateLimit: of the limits that have nothing left, the one that opens last, as the gateway reckons. */
export function usedUpLimit(head: AnsweredHead): UsedUpLimit | null {
  const of = (name: string, pattern: RegExp) =>
    [...(headerOf(head, name) ?? "").matchAll(pattern)].map(([, policy, a, b]) => ({
      policy,
      a: Number(a),
      b: Number(b),
    }));
  const left = of("RateLimit", /"([^"]*)";r=(\d+);t=(\d+)/g);
  const [last] = left.filter(({ a }) => a === 0).sort((one, other) => other.b - one.b);
  const quota = of("RateLimit-Policy", /"([^"]*)";q=(\d+);w=(\d+)/g).find(({ policy }) => policy === last?.policy);
  return last && quota ? { limit: quota.a, windowSeconds: quota.b, resetSeconds: last.b } : null;
}

/** Reads X-RateLimit-*; null when the answer has none. */
export function limitsLeft(head: AnsweredHead): LimitsLeft | null {
  const [limit, remaining, resetSeconds] = ["Limit", "Remaining", "Reset"].map((part) =>
    Number(headerOf(head, `X-RateLimit-${part}`) ?? Number.NaN),
  );
  if (limit === undefined || remaining === undefined || resetSeconds === undefined) return null;
  return [limit, remaining, resetSeconds].every(Number.isFinite) ? { limit, remaining, resetSeconds } : null;
}

const known = Object.keys(refusals) as Refusal[];

/**
 * Which of the gateway's own answers this is; null when the backend answered. The problem's request ID is the one of
 * the header, which a backend cannot know, so a backend's own problem+json is not taken for a refusal.
 */
export function refusalOf(head: CallHead, body: string): Refusal | null {
  if (!head.answered || !headerOf(head, "Content-Type")?.startsWith("application/problem+json")) return null;
  const problem = parseProblem(body);
  if (!problem || problem.requestId !== headerOf(head, "X-Request-Id")) return null;
  // What a throw policy of the API says has a status of its author's.
  if (problem.code === "POLICY_FAILED") return "POLICY_FAILED";
  const rows = known.filter((r) => publicCode(r) === problem.code && refusals[r].status === head.status);
  return rows.find((r) => refusals[r].detail === problem.detail) ?? rows[0] ?? null;
}

function parseProblem(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Where a call got to, for the passage. */
export type Passage = Record<"gateway" | "backend", "reached" | "stopped" | "failed" | "not-called" | "unknown">;

export function passageOf(head: CallHead, refusal: Refusal | null): Passage {
  if (!head.answered) return { gateway: "failed", backend: "not-called" };
  if (refusal === null) return { gateway: "reached", backend: head.status >= 500 ? "failed" : "reached" };
  if (refusal.startsWith("BACKEND_")) return { gateway: "reached", backend: "failed" };
  // The policy may stand before the backend or behind it.
  if (refusal === "POLICY_FAILED") return { gateway: head.status >= 500 ? "failed" : "stopped", backend: "unknown" };
  return { gateway: refusals[refusal].status >= 500 ? "failed" : "stopped", backend: "not-called" };
}

/** How many characters two IDs of one length differ in; Infinity for another length. */
const distance = (a: string, b: string): number =>
  a.length !== b.length ? Number.POSITIVE_INFINITY : [...a].filter((c, i) => c !== b[i]).length;

/** "It differs in the last character from Storefront’s 7c1e…493a.", or "" when it is close to none of the person's IDs. */
export function nearMiss(typed: string, own: CallContext["own"]): string {
  for (const { name, clientIds } of own) {
    if (clientIds.includes(typed.trim().toLowerCase())) return " A client ID is written in lower case, with no space.";
    const close = clientIds.find((id) => distance(id, typed) <= 2);
    if (!close) continue;
    const last = distance(close.slice(0, -1), typed.slice(0, -1)) === 0;
    return ` It differs ${last ? "in the last character" : "by a character or two"} from ${name}’s ${shortClientId(close)}.`;
  }
  return "";
}

/** Seconds as "in 42 s", "in 12 min", "in 5 h", "in 3 days"; for when a limit opens again. */
export function inTime(seconds: number): string {
  if (seconds < 90) return `in ${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds <= 90 * 60) return `in ${Math.ceil(seconds / 60)} min`;
  if (seconds <= 48 * 3600) return `in ${Math.ceil(seconds / 3600)} h`;
  return `in ${Math.ceil(seconds / 86_400)} days`;
}

/** Whether an ID may be shown in a sentence as short form. */
export const sayClientId = (clientId: string): string => (clientId.length > 12 ? shortClientId(clientId) : clientId);
