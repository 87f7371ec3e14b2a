"use client";

import { Passage } from "#components/ui/passage.tsx";
import { explainNotSent } from "#lib/explore/explain.rules.ts";
import type { Outcome } from "./read-answer.ts";
import type { ResponseActions } from "./response-pane.tsx";
import { useCallContext } from "./use-call-context.ts";
import { Why } from "./why.tsx";

interface NotSentViewProps extends ResponseActions {
  outcome: Extract<Outcome, { kind: "not-sent" }>;
}

/** The portal did not send the call: nothing reached the gateway. */
export function NotSentView({ outcome, ...actions }: NotSentViewProps) {
  const context = useCallContext(null, null);
  const { code, message } = outcome;
  return (
    <div>
      <div className="flex min-h-[61px] items-center border-b border-line px-4 py-3">
        <b>Not sent</b>
      </div>
      <Passage
        className="border-b border-line px-4 py-3"
        console={{ state: "stopped" }}
        gateway={{ state: "not-called" }}
        backend={{ state: "not-called" }}
      />
      <Why explanation={explainNotSent(code, message, context)} broken={code === "INTERNAL"} {...actions} />
    </div>
  );
}
