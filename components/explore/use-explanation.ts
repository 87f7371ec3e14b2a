"use client";

import { useMemo } from "react";
import { explainNotSent, explainRefusal, explainUnanswered } from "#lib/explore/explain.rules.ts";
import { type Explanation, refusalOf } from "#lib/explore/explore.rules.ts";
import type { DoneCall } from "./use-call.ts";
import { useCallContext } from "./use-call-context.ts";

/** Why a call was refused or not sent, in words, with what mends it; null when the backend answered, and without a call. */
export function useExplanation(done: DoneCall | null): Explanation | null {
  const outcome = done?.outcome;
  const head = outcome?.kind === "answer" ? outcome.head : null;
  const credential = head && done ? done.call.credential : null;
  const context = useCallContext(credential, head?.answered ? head.clientId : null);
  const refusal = useMemo(
    () => (outcome?.kind === "answer" ? refusalOf(outcome.head, new TextDecoder().decode(outcome.body)) : null),
    [outcome],
  );
  if (outcome?.kind === "not-sent") return explainNotSent(outcome.code, outcome.message, context);
  if (!head) return null;
  return head.answered ? refusal && explainRefusal(refusal, context, head) : explainUnanswered(head.reason);
}
