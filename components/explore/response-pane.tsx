"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { Explanation } from "#lib/explore/explore.rules.ts";
import type { CallValues } from "#lib/explore/explore.schema.ts";
import type { ExploreOperation } from "#lib/explore/explore-view.schema.ts";
import { formatBytes } from "#lib/format.ts";
import { AnswerView } from "./answer-view.tsx";
import { CurlBlock } from "./curl-block.tsx";
import { Elapsed } from "./elapsed.tsx";
import { NotSentView } from "./not-sent-view.tsx";
import type { CallState } from "./use-call.ts";
import { useExplanation } from "./use-explanation.ts";

export interface ResponseActions {
  onResetValues: () => void;
  onUseApplication: () => void;
  onGetToken: () => void;
  onSend: () => void;
}

interface ResponsePaneProps extends ResponseActions {
  state: CallState;
  operation: ExploreOperation;
  values: CallValues;
  gatewayUrl: string;
  onCancel: () => void;
}

/** The right-hand column: what came back, led by code, passage and reason; before a call, the same call as curl. */
export function ResponsePane({ state, operation, values, gatewayUrl, onCancel, ...actions }: ResponsePaneProps) {
  const [tab, setTab] = useState("body");
  const curl = <CurlBlock operation={operation} values={values} gatewayUrl={gatewayUrl} />;
  const shown = state.phase === "done" ? state : state.phase === "sending" ? state.before : null;
  const explanation = useExplanation(shown);
  return (
    <>
      <p role="status" className="sr-only">
        {spoken(state, explanation)}
      </p>
      {state.phase === "sending" && <Elapsed since={state.since} quiet={shown !== null} onCancel={onCancel} />}
      {shown?.outcome.kind === "answer" && (
        <AnswerView
          outcome={shown.outcome}
          call={shown.call}
          explanation={explanation}
          curl={curl}
          tab={tab}
          onTab={setTab}
          {...actions}
        />
      )}
      {shown?.outcome.kind === "not-sent" && explanation && (
        <NotSentView outcome={shown.outcome} explanation={explanation} {...actions} />
      )}
      {(state.phase === "idle" || state.phase === "cancelled") && (
        <div className="grid content-start gap-4 p-4">
          {state.phase === "cancelled" ? (
            <p>
              <b>Cancelled</b>{" "}
              <span className="text-ink-2">after {Math.round(state.afterMs)} ms. The gateway ended the call too.</span>
            </p>
          ) : (
            <div className="grid justify-items-start gap-2">
              <p className="text-ink-2">The call goes through the real gateway. The answer appears here.</p>
              <Button onClick={actions.onSend}>Call operation</Button>
            </div>
          )}
          {curl}
          {state.phase === "idle" && <Documented operation={operation} />}
        </div>
      )}
    </>
  );
}

/** What readers hear when a call ends: "401 Unauthorized, 12 ms, 143 B", then why and what mends it (explore 25). */
function spoken(state: CallState, why: Explanation | null): string {
  const said = verdict(state);
  // As sentences of their own, so that voices pause between them.
  return why ? [said, why.title, why.words].map((words) => words.replace(/[.!?]?$/, ".")).join(" ") : said;
}

function verdict(state: CallState): string {
  if (state.phase === "cancelled") return "The call was cancelled.";
  if (state.phase !== "done") return "";
  const { outcome } = state;
  if (outcome.kind === "not-sent") return "Not sent.";
  const { head, body } = outcome;
  if (!head.answered) return "The gateway did not answer.";
  return `${head.status} ${head.statusText}, ${Math.round(head.headMs)} ms, ${formatBytes(body.length)}`;
}

/** What the definition says that may come back. */
function Documented({ operation }: { operation: ExploreOperation }) {
  const { responses } = operation.slice;
  if (responses.length === 0) return null;
  return (
    <section aria-label="Documented responses">
      <h2 className="mb-1 text-12 font-medium text-ink-3">Documented responses</h2>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1">
        {responses.map((response) => (
          <div key={response.status} className="contents">
            <dt className="font-mono text-code font-650">{response.status}</dt>
            <dd className="text-ink-2 wrap-anywhere">{response.description}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
