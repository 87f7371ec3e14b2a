"use client";

import { Passage } from "#components/ui/passage.tsx";
import type { Explanation } from "#lib/explore/explore.rules.ts";
import type { Outcome } from "./read-answer.ts";
import type { ResponseActions } from "./response-pane.tsx";
import { Why } from "./why.tsx";

interface NotSentViewProps extends ResponseActions {
  outcome: Extract<Outcome, { kind: "not-sent" }>;
  explanation: Explanation;
}

/** The portal did not send the call: nothing reached the gateway. */
export function NotSentView({ outcome, explanation, ...actions }: NotSentViewProps) {
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
      <Why explanation={explanation} broken={outcome.code === "INTERNAL"} {...actions} />
    </div>
  );
}
