"use client";

import { useMemo, useState } from "react";
import { prettyJson, SHOWN_MAX } from "#components/call/pretty-json.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { headerOf } from "#lib/explore/explore.rules.ts";
import type { AnsweredHead } from "#lib/explore/explore.schema.ts";
import { formatBytes } from "#lib/format.ts";

/** The relay hands on this much (lib/explore/send-to-gateway.ts). */
const RELAYED_BYTES_MAX = 10_000_000;

const TEXT =
  /^(text\/|application\/(.*\+)?(json|xml|yaml|x-yaml|javascript|x-www-form-urlencoded|graphql)|image\/svg)/i;

const typeOf = (head: AnsweredHead): string => headerOf(head, "Content-Type") ?? "";

/** "response.json", by the media type. */
export function fileNameOf(head: AnsweredHead): string {
  const type = typeOf(head);
  const extension = type.includes("json") ? "json" : type.includes("xml") ? "xml" : TEXT.test(type) ? "txt" : "bin";
  return `response.${extension}`;
}

interface AnswerBodyProps {
  head: AnsweredHead;
  body: Uint8Array;
  text: string;
}

/** The body as text, never as a page: JSON laid out or as sent, anything else as it is, bytes as a download. */
export function AnswerBody({ head, body, text }: AnswerBodyProps) {
  const [view, setView] = useState("pretty");
  const pretty = useMemo(() => prettyJson(text), [text]);
  if (body.length === 0) return <p className="p-4 text-ink-3">The answer has no body.</p>;
  if (!TEXT.test(typeOf(head)) && pretty === null && text.includes("\uFFFD")) {
    return (
      <p className="p-4 text-ink-2">
        {formatBytes(body.length)} of {typeOf(head) || "an unnamed type"}. Download it to look inside.
      </p>
    );
  }
  const whole = view === "pretty" && pretty !== null ? pretty : text;
  const cut = whole.length > SHOWN_MAX;
  return (
    <div>
      {(pretty !== null && pretty !== text) || cut ? (
        <div className="flex flex-wrap items-center gap-3 px-4 pt-2.5">
          {pretty !== null && pretty !== text && (
            <Segmented
              name="view"
              label="View of the body"
              size="sm"
              value={view}
              onChange={setView}
              choices={[
                { value: "pretty", label: "Laid out" },
                { value: "raw", label: "As sent" },
              ]}
            />
          )}
          {cut && (
            <span className="text-12 text-ink-3">
              The first 100 kB of {formatBytes(body.length)}. Download it for the whole
              {body.length >= RELAYED_BYTES_MAX && "; the console stops at 10 MB"}.
            </span>
          )}
        </div>
      ) : null}
      <CodeBlock
        bare
        lineNumbers
        label="Response body"
        language={pretty === null ? "text" : "json"}
        code={cut ? whole.slice(0, SHOWN_MAX) : whole}
      />
    </div>
  );
}
