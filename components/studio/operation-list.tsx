"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Method } from "#components/ui/method.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import type { OutlineOperation } from "#lib/api-definition/compiled.ts";
import { formatNumber } from "#lib/format.ts";
import { PaneSection } from "./pane-section.tsx";

const STEP = 25;

interface OperationListProps {
  operations: OutlineOperation[];
  /** Goes to the operation in the source. */
  onShow: (operation: OutlineOperation) => void;
}

/** The operations as saved, filtered, 25 at a time: a definition may have a thousand. */
export function OperationList({ operations, onShow }: OperationListProps) {
  const [filter, setFilter] = useState("");
  const [shown, setShown] = useState(STEP);
  const word = filter.trim().toLowerCase();
  const found = word
    ? operations.filter((o) => `${o.method} ${o.path} ${o.operationId ?? ""} ${o.summary}`.toLowerCase().includes(word))
    : operations;
  return (
    <PaneSection
      title="Operations"
      id="operations"
      note={
        word ? `${formatNumber(found.length)} of ${formatNumber(operations.length)}` : formatNumber(operations.length)
      }
    >
      {operations.length > 5 && (
        <div className="border-b border-line px-4 py-2">
          <TextInput
            type="search"
            aria-label="Filter operations"
            placeholder="Filter by method, path or summary"
            value={filter}
            onChange={(event) => {
              setFilter(event.target.value);
              setShown(STEP);
            }}
          />
        </div>
      )}
      <ul>
        {found.slice(0, shown).map((operation) => (
          <li key={`${operation.method} ${operation.path}`} className="border-b border-line last:border-0">
            <button
              type="button"
              onClick={() => onShow(operation)}
              className="flex min-h-9 w-full items-baseline gap-1 px-4 py-1.5 text-start -outline-offset-2 hover:bg-hover"
            >
              <Method method={operation.method} />
              <span className="min-w-0">
                <span className="font-mono text-code wrap-anywhere">{operation.path}</span>{" "}
                <span className="text-12 text-ink-3">{operation.summary}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="px-4 py-3 text-ink-2">
          {word ? `No operation matches “${filter.trim()}”.` : "No operation yet. Write the paths in the source."}
        </p>
      )}
      {found.length > shown && (
        <div className="px-4 py-2">
          <Button size="sm" onClick={() => setShown(shown + STEP)}>
            Show {Math.min(STEP, found.length - shown)} more
          </Button>
        </div>
      )}
    </PaneSection>
  );
}
