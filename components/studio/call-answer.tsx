"use client";

import { useEffect, useMemo, useRef } from "react";
import { prettyJson, SHOWN_MAX } from "#components/call/pretty-json.ts";
import { type ReadCause, RecordedCause } from "#components/call/recorded-cause.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { HttpCode } from "#components/ui/http-code.tsx";
import { Note } from "#components/ui/note.tsx";
import { publicCode, refusals } from "#lib/errors/refusals.ts";
import { answeredBy } from "#lib/explore/answered-by.rules.ts";
import { hasCause } from "#lib/explore/cause.rules.ts";
import { headerOf } from "#lib/explore/explore.rules.ts";
import type { AnsweredHead } from "#lib/explore/explore.schema.ts";
import { formatBytes, plural } from "#lib/format.ts";
import { CallTrace } from "./call-trace.tsx";
import type { TestAnswer } from "./use-test-call.ts";

const REASONS = {
  refused: "The gateway does not accept connections. Start it, or check its address in the settings.",
  timeout: "The gateway did not answer in time.",
  broken: "The connection to the gateway broke before it answered.",
};

interface CallAnswerProps {
  answer: TestAnswer | null;
  readCause: ReadCause;
}

/** What came back: status, time, who answered and why in words, headers, body. */
export function CallAnswer({ answer, readCause }: CallAnswerProps) {
  const ref = useRef<HTMLElement>(null);
  const at = answer?.at;
  // The answer stands below the form: it comes into view by itself, focus stays on Invoke.
  useEffect(() => {
    if (at !== undefined) ref.current?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <section ref={ref} aria-label={answer ? "Response" : undefined} className="grid min-w-0 scroll-mb-4 gap-3">
      {/* There before it has words, or readers do not hear them; with the reason, not the status alone. */}
      <div role="status" className="grid min-w-0 gap-3">
        {answer && <Verdict key={answer.at} answer={answer} readCause={readCause} />}
      </div>
      {answer?.head?.answered && <Details key={answer.at} head={answer.head} body={answer.body} />}
    </section>
  );
}

function Verdict({ answer, readCause }: { answer: TestAnswer; readCause: ReadCause }) {
  const { head, refused } = answer;
  if (refused) return <Note tone="bad" title={refused.message} />;
  if (!head) return null;
  if (!head.answered)
    return (
      <Note tone="bad" title="The gateway did not answer.">
        {REASONS[head.reason]}
      </Note>
    );
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <HttpCode code={head.status} reason={head.statusText} />
        <span className="text-12 text-ink-2">
          {answer.ms} ms, {formatBytes(answer.bodyBytes)}
        </span>
      </p>
      {head.status >= 400 && <WhoAnswered head={head} body={answer.body} readCause={readCause} />}
    </>
  );
}

function Details({ head, body }: { head: AnsweredHead; body: string }) {
  const pretty = useMemo(() => prettyJson(body), [body]);
  const code = pretty ?? body;
  const shown = code.slice(0, SHOWN_MAX);
  return (
    <>
      <Disclosure summary={plural(head.headers.length, "header")}>
        <dl className="grid gap-1 font-mono text-code">
          {head.headers.map(([name, value], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice
            <div key={index} className="wrap-anywhere">
              <dt className="inline text-c-key">{name}: </dt>
              <dd className="inline">{value}</dd>
            </div>
          ))}
        </dl>
      </Disclosure>
      {shown === "" ? (
        <p className="text-12 text-ink-3">The body is empty.</p>
      ) : (
        <CodeBlock
          code={shown}
          language={pretty === null ? "text" : "json"}
          label="Response body"
          className="[&_section]:max-h-96"
        />
      )}
      {shown.length < code.length && (
        <p className="text-12 text-ink-3">The first {formatBytes(SHOWN_MAX)} are shown.</p>
      )}
      {head.trace && <CallTrace steps={head.trace} />}
    </>
  );
}

interface WhoAnsweredProps {
  head: AnsweredHead;
  body: string;
  readCause: ReadCause;
}

/** Tells the gateway's refusal, the answer of a policy of this API, and the backend's own answer apart. */
function WhoAnswered({ head, body, readCause }: WhoAnsweredProps) {
  const who = answeredBy(head, body);
  const tone = head.status >= 500 ? "bad" : "warn";
  if (who.by === "backend")
    return (
      <p className="text-12 text-ink-2">
        The gateway let the call pass; this is the backend’s own answer.
        {head.status === 401 && " It may want its functional ID: enter one under Backend in the design."}
      </p>
    );
  // Asked: whether anything of the call arrived, a backend that is away does not say.
  const called = who.by === "gateway" ? "was asked" : "was called";
  const backend = who.backendCalled ? called : "was not called";
  if (who.by === "policy")
    return (
      <Note
        tone={tone}
        title={who.policy ? `Answered by the policy ${who.policy.title}.` : "Answered by a policy of this API."}
      >
        {who.policy && who.policy.kind !== who.policy.title && <>A {who.policy.kind} of this API’s assembly. </>}
        Not the gateway’s refusal and not the backend’s answer; the backend {backend}.
      </Note>
    );
  const requestId = headerOf(head, "X-Request-Id");
  return (
    <Note tone={tone} title={`${refusals[who.refusal].detail}.`}>
      <p>
        Refused by the gateway (<code>{publicCode(who.refusal)}</code>)
        {who.during && `, while the policy ${who.during} ran`}; the backend {backend}.
      </p>
      {requestId && hasCause(who.refusal) && <RecordedCause requestId={requestId} as="provider" read={readCause} />}
    </Note>
  );
}
