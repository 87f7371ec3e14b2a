"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { formatBytes } from "#lib/format.ts";
import type { Part } from "./locate-part.ts";
import type { SourceEditorProps } from "./source-editor.tsx";
import type { Design } from "./use-design.ts";

const SourceEditor = dynamic(() => import("./source-editor.tsx").then((m) => m.SourceEditor), {
  ssr: false,
  loading: () => <Skeleton rows={10} label="Loading the editor" />,
});

interface SourcePaneProps {
  design: Design;
  /** "weather-provider-api.yaml" */
  fileName: string;
  formatWords: string;
  sourceBytes: number;
  part: Part | null;
  reveal: { line: number; column: number } | null;
  onFix: SourceEditorProps["onFix"];
  readOnly: boolean;
}

/** The source beside the form: the stored truth, editable; a large one is loaded when somebody asks for it. */
export function SourcePane({
  design,
  fileName,
  formatWords,
  sourceBytes,
  part,
  reveal,
  onFix,
  readOnly,
}: SourcePaneProps) {
  const [cursor, setCursor] = useState({ line: 1, column: 1 });
  const [loading, setLoading] = useState(false);
  const count = (severity: string) => design.findings.filter((f) => f.severity === severity).length;
  const load = async () => {
    setLoading(true);
    await design.loadSource();
    setLoading(false);
  };
  return (
    <section aria-label="Source" className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line ps-4 pe-2">
        <h2 className="font-semibold">Source</h2>
        <span className="min-w-0 truncate text-12 text-ink-3">{fileName}</span>
        <span className="ms-auto">
          {design.source !== null && <CopyButton value={design.source} label="the source" />}
        </span>
      </div>
      {design.source === null ? (
        <div className="grid flex-1 place-content-center justify-items-center gap-3 p-6 text-center">
          <p className="max-w-[44ch] text-ink-2">
            This definition is large. The form works without its text; load it when you want to edit it here.
          </p>
          <Button busy={loading} onClick={load}>
            Load source ({formatBytes(sourceBytes)})
          </Button>
        </div>
      ) : (
        <SourceEditor
          label={`Source of ${fileName}`}
          value={design.source}
          onChange={design.changeSource}
          findings={design.findings}
          onFix={onFix}
          part={part}
          reveal={reveal}
          readOnly={readOnly}
          onCursor={(line, column) => setCursor({ line, column })}
        />
      )}
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 border-t border-line px-4 py-1.5 text-12 text-ink-3">
        <span className={count("error") > 0 ? "font-semibold text-bad" : undefined}>
          {count("error")} {count("error") === 1 ? "error" : "errors"}
        </span>
        <span className={count("warning") > 0 ? "text-warn" : undefined}>
          {count("warning")} {count("warning") === 1 ? "warning" : "warnings"}
        </span>
        <span className="ms-auto">
          Ln {cursor.line}, Col {cursor.column}
        </span>
        <span>{formatWords}</span>
      </div>
    </section>
  );
}
