"use client";

import { useEffect, useState } from "react";
import { Method } from "#components/ui/method.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import type { OperationLine } from "./test-panel.types.ts";

/** More operations than these get a filter. */
const FILTER_FROM = 8;
const WAIT_MS = 150;

interface OperationPickerProps {
  operations: OperationLine[];
  /** Whether there are more than were loaded; the filter finds them. */
  more: boolean;
  chosen: string | null;
  onChoose: (key: string) => void;
  onFilter: (filter: string) => void;
}

/** The operations of the published copy, to choose one (S50). */
export function OperationPicker({ operations, more, chosen, onChoose, onFilter }: OperationPickerProps) {
  const [filter, setFilter] = useState("");
  const [filtered, setFiltered] = useState("");
  useEffect(() => {
    if (filter === filtered) return;
    const timer = setTimeout(() => {
      setFiltered(filter);
      onFilter(filter);
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [filter, filtered, onFilter]);
  const long = more || operations.length > FILTER_FROM || filtered !== "";
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-12 font-semibold">Operation</legend>
      {long && (
        <TextInput
          type="search"
          aria-label="Filter operations"
          placeholder="Filter operations"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      )}
      <div className="max-h-48 overflow-auto rounded-1 border border-line-strong bg-surface">
        {operations.map((operation) => (
          <label
            key={operation.key}
            title={operation.summary}
            className="relative flex min-h-8 cursor-pointer items-center gap-1 border-b border-line px-2.5 py-1 last:border-0 hover:bg-hover has-checked:bg-accent-tint has-checked:shadow-[inset_2px_0_0_var(--accent)] has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus pointer-coarse:min-h-11"
          >
            <input
              type="radio"
              name="operation"
              value={operation.key}
              checked={operation.key === chosen}
              onChange={() => onChoose(operation.key)}
              className="absolute inset-0 appearance-none opacity-0"
            />
            <Method method={operation.method} />
            <span className="min-w-0 font-mono text-code wrap-anywhere">{operation.path}</span>
          </label>
        ))}
        {operations.length === 0 && <p className="px-2.5 py-2 text-ink-2">No operation matches.</p>}
      </div>
      {more && <p className="text-12 text-ink-3">There are more. Filter by path, name or tag.</p>}
    </fieldset>
  );
}
