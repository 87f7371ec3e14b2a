"use client";

import type { CallValues } from "#lib/explore/explore.schema.ts";
import type { ExploreOperation } from "#lib/explore/explore-view.schema.ts";
import { AnswerView } from "./answer-view.tsx";
import { CurlBlock } from "./curl-block.tsx";
import { Elapsed } from "./elapsed.tsx";
import { NotSentView } from "./not-sent-view.tsx";
import type { CallState } from "./use-call.ts";

export interface ResponseActions {
  onResetValues: () => void;
  onUseApplication: () => void;
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
  const curl = <CurlBlock operation={operation} values={values} gatewayUrl={gatewayUrl} />;
  if (state.phase === "done") {
    const { outcome, call } = state;
    return outcome.kind === "answer" ? (
      <AnswerView outcome={outcome} call={call} curl={curl} {...actions} />
    ) : (
      <NotSentView outcome={outcome} {...actions} />
    );
  }
  return (
    <div className="grid content-start gap-4 p-4">
      <div role="status">
        {state.phase === "sending" && <Elapsed since={state.since} onCancel={onCancel} />}
        {state.phase === "cancelled" && (
          <p>
            <b>Cancelled</b>{" "}
            <span className="text-ink-2">after {Math.round(state.afterMs)} ms. The gateway ended the call too.</span>
          </p>
        )}
        {state.phase === "idle" && (
          <p className="text-ink-2">Send makes the call through the real gateway. The answer appears here.</p>
        )}
      </div>
      {state.phase !== "sending" && curl}
      {state.phase === "idle" && <Documented operation={operation} />}
    </div>
  );
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
