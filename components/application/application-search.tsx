"use client";

import { useEffect, useEffectEvent, useId, useState } from "react";
import { TextInput } from "#components/ui/text-input.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { plural } from "#lib/format.ts";
import type { Part } from "#lib/page.rules.ts";

export type FindApplications<T> = (q: string) => Promise<ActionAnswer<Part<T>>>;

const WAIT_MS = 200;

interface ApplicationSearchProps<T> {
  /** How many the picker below holds by itself. */
  listed: number;
  find: FindApplications<T>;
  /** What was found, in place of what the picker holds; null: nothing is searched any more. */
  onFound: (rows: T[] | null) => void;
}

/** Above a picker of applications that does not hold all: finds the others by name, and says how many it shows. */
export function ApplicationSearch<T>({ listed, find, onFound }: ApplicationSearchProps<T>) {
  const [q, setQ] = useState("");
  const [words, setWords] = useState<string | null>(null);
  const help = useId();
  const search = useEffectEvent((wanted: string) => find(wanted).catch(() => null));
  const tell = useEffectEvent(onFound);
  useEffect(() => {
    const wanted = q.trim();
    if (wanted === "") {
      setWords(null);
      tell(null);
      return;
    }
    let current = true;
    const timer = setTimeout(async () => {
      const answer = await search(wanted);
      if (!current) return;
      if (!answer?.ok) {
        setWords("The search did not answer. Try again.");
        return;
      }
      const { rows, more } = answer.data;
      tell(rows);
      setWords(foundWords(wanted, rows.length, more));
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [q]);
  return (
    <div className="grid gap-1">
      <TextInput
        type="search"
        aria-label="Find an application"
        aria-describedby={help}
        placeholder="Find an application"
        value={q}
        maxLength={100}
        onChange={(event) => setQ(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      />
      <p id={help} role="status" className="text-12 text-ink-3">
        {words ?? `The list holds ${listed} of your applications. Search by name for the others.`}
      </p>
    </div>
  );
}

function foundWords(q: string, count: number, more: boolean): string {
  if (count === 0) return `No application has “${q}” in its name.`;
  if (more) return `The list holds ${count} applications of that name, and there are more. More letters find fewer.`;
  return `${plural(count, "application")} found. Choose from the list.`;
}
