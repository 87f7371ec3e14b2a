"use client";

import { Download } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { RecordedCause } from "#components/call/recorded-cause.tsx";
import { download } from "#components/credential/download.ts";
import { IconButton } from "#components/ui/button.tsx";
import { HttpCode } from "#components/ui/http-code.tsx";
import { Passage } from "#components/ui/passage.tsx";
import { hasCause } from "#lib/explore/cause.rules.ts";
import {
  type Explanation,
  headerOf,
  inTime,
  type LimitsLeft,
  limitsLeft,
  passageOf,
  refusalOf,
} from "#lib/explore/explore.rules.ts";
import type { CallHead, ExploreCall } from "#lib/explore/explore.schema.ts";
import { formatBytes, formatNumber } from "#lib/format.ts";
import { AnswerBody, fileNameOf } from "./answer-body.tsx";
import { AnswerHeaders } from "./answer-headers.tsx";
import { AnswerTabs } from "./answer-tabs.tsx";
import { useExplore } from "./explore-context.tsx";
import type { Outcome } from "./read-answer.ts";
import type { ResponseActions } from "./response-pane.tsx";
import { useCallContext } from "./use-call-context.ts";
import { Why } from "./why.tsx";

interface AnswerViewProps extends ResponseActions {
  outcome: Extract<Outcome, { kind: "answer" }>;
  call: ExploreCall;
  explanation: Explanation | null;
  curl: ReactNode;
  /** The part in view; it stays from call to call. */
  tab: string;
  onTab: (tab: string) => void;
}

/** Code and time, the passage, the reason in words with the fix, then the body (design.md part 5). */
export function AnswerView({ outcome, call, explanation, curl, tab, onTab, ...actions }: AnswerViewProps) {
  const { head, body } = outcome;
  const text = useMemo(() => new TextDecoder().decode(body), [body]);
  const refusal = refusalOf(head, text);
  const context = useCallContext(call.credential, head.answered ? head.clientId : null);
  const { signedIn, readCause } = useExplore();
  const requestId = head.answered ? headerOf(head, "X-Request-Id") : undefined;
  const passage = passageOf(head, refusal);
  const ms = Math.round(head.answered ? head.headMs : head.ms);
  return (
    <>
      <div className="flex min-h-[61px] shrink-0 flex-wrap items-center gap-2.5 border-b border-line px-4 py-3">
        <Verdict head={head} ms={ms} bytes={body.length} />
        {body.length > 0 && head.answered && (
          <IconButton
            label="Download the body"
            className="ms-auto"
            onClick={() => download(fileNameOf(head), new Blob([body]))}
          >
            <Download aria-hidden="true" />
          </IconButton>
        )}
      </div>
      <Passage
        className="shrink-0 border-b border-line px-4 py-3"
        gateway={{ state: passage.gateway }}
        backend={{ state: passage.backend }}
        {...(passage.backend === "reached" || passage.backend === "failed" ? { toBackendMs: ms } : { toGatewayMs: ms })}
      />
      {explanation && (
        <Why
          explanation={explanation}
          broken={passage.gateway === "failed" || passage.backend === "failed"}
          {...actions}
        >
          {signedIn && refusal && hasCause(refusal) && requestId && (
            <RecordedCause key={requestId} requestId={requestId} as="caller" read={readCause} />
          )}
        </Why>
      )}
      {head.answered && (
        <>
          <AnswerTabs
            current={tab}
            onChange={onTab}
            requestId={requestId}
            tabs={[
              { id: "body", label: "Body", content: <AnswerBody head={head} body={body} text={text} /> },
              {
                id: "headers",
                label: `Headers ${head.headers.length}`,
                content: <AnswerHeaders headers={head.headers} />,
              },
              { id: "curl", label: "curl", content: <div className="p-4">{curl}</div> },
            ]}
          />
          <Limits
            left={limitsLeft(head)}
            refused={refusal !== null}
            plan={context.byHand ? null : context.caller?.plan}
          />
        </>
      )}
    </>
  );
}

function Verdict({ head, ms, bytes }: { head: CallHead; ms: number; bytes: number }) {
  return (
    <>
      {head.answered ? (
        <>
          <HttpCode code={head.status} reason={head.statusText} />
          <span className="text-ink-3">
            {ms} ms, {formatBytes(bytes)}
          </span>
        </>
      ) : (
        <b>No answer</b>
      )}
    </>
  );
}

/** "87 of 100 calls left, resets in 12 min" (explore 22); warns below a tenth. */
function Limits({ left, refused, plan }: { left: LimitsLeft | null; refused: boolean; plan?: string | null }) {
  if (!left) {
    return refused ? <Foot>Rejected calls do not count against a plan.</Foot> : null;
  }
  const low = left.remaining * 10 <= left.limit;
  return (
    <Foot>
      <span className={low ? "font-550 text-warn" : undefined}>
        {formatNumber(left.remaining)} of {formatNumber(left.limit)} calls left
        {plan ? ` on ${plan}` : ""}, resets {inTime(left.resetSeconds)}
      </span>
    </Foot>
  );
}

const Foot = ({ children }: { children: ReactNode }) => (
  <div className="shrink-0 border-t border-line px-4 py-2.5 text-12 text-ink-3">{children}</div>
);
