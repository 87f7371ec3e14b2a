"use client";

import { Button } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { useCopy } from "#components/ui/use-copy.ts";

interface ConflictNoteProps {
  message: string;
  /** The text as it stands in the page; null when it was not loaded. */
  source: string | null;
  onReload: () => void;
}

/** Somebody saved in the meantime: nothing is overwritten, and what was typed can be taken along. */
export function ConflictNote({ message, source, onReload }: ConflictNoteProps) {
  const { copy, copied } = useCopy();
  return (
    <div role="alert" className="shrink-0 border-b border-line bg-surface p-3">
      <Note
        tone="bad"
        title="Not saved: changed in the meantime."
        action={
          <>
            {source !== null && (
              <Button size="sm" onClick={() => copy(source)}>
                {copied ? "Copied" : "Copy my text"}
              </Button>
            )}
            <Button size="sm" onClick={onReload}>
              Reload
            </Button>
          </>
        }
      >
        {message}
      </Note>
    </div>
  );
}
