import type { TraceStep } from "#lib/assembly/trace.schema.ts";
import type { Refusal } from "#lib/errors/refusals.ts";
import { refusalOf } from "./explore.rules.ts";
import type { AnsweredHead } from "./explore.schema.ts";

/** Who made an answer: the gateway that refused, a policy of the API, or the backend. */
export type AnsweredBy =
  | {
      by: "gateway";
      refusal: Refusal;
      /** The policy during which it happened, say the invoke whose backend is away. */
      during: string | null;
      backendCalled: boolean;
    }
  | {
      by: "policy";
      /** Title and kind as the trace has them; null: it has no such step. */
      policy: { title: string; kind: string } | null;
      refusal: Refusal | null;
      backendCalled: boolean;
    }
  | { by: "backend" };

/** Policies whose errors are answers of their own; an error in any other is the gateway's word for it. */
const ANSWERING = new Set(["throw", "validate", "ratelimit"]);

/**
 * Reads it off an answer and the trace of its policies; without a trace off the answer alone. An error that a catch dealt
 * with is still the answer of the policy that failed, until another policy writes one.
 */
export function answeredBy(head: AnsweredHead, body: string): AnsweredBy {
  const steps = head.trace ?? [];
  const refusal = refusalOf(head, body);
  if (refusal === null) return answeredByMessage(steps);
  // Of a policy and those that hold it, the innermost stands last.
  const failed = steps.findLast(({ error }) => error !== null);
  const backendCalled = refusal.startsWith("BACKEND_") || steps.some(({ kind }) => kind === "invoke");
  if (refusal === "POLICY_FAILED" || (failed && ANSWERING.has(failed.kind))) {
    const policy = failed ? { title: failed.title, kind: failed.kind } : null;
    return { by: "policy", policy, refusal, backendCalled: steps.some(({ kind }) => kind === "invoke") };
  }
  return { by: "gateway", refusal, during: failed?.title ?? null, backendCalled };
}

/** Not one of our refusals: the message as the last policy left it that wrote status or body. */
function answeredByMessage(steps: TraceStep[]): AnsweredBy {
  const writer = steps.findLast(
    ({ kind, before, after }) =>
      !HOLDERS.has(kind) && after.status !== 0 && (before.status !== after.status || before.body !== after.body),
  );
  if (!writer || writer.kind === "invoke") return { by: "backend" };
  const { title, kind } = writer;
  return {
    by: "policy",
    policy: { title, kind },
    refusal: null,
    backendCalled: steps.some((step) => step.kind === "invoke"),
  };
}

/** They show what the policies in them did. */
const HOLDERS = new Set(["switch", "operation-switch"]);
