"use client";

import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import type { Part } from "#lib/page.rules.ts";

export interface PickableApi {
  id: string;
  title: string;
  version: string;
  basePath: string;
}

const WAIT_MS = 200;

interface ApiPickerProps {
  picked: PickableApi[];
  /** The drafts that changed last; the search finds the others. */
  suggested: Part<PickableApi>;
  search: (q: string) => Promise<Part<PickableApi>>;
  onChange: (picked: PickableApi[]) => void;
  disabled?: boolean;
}

/** Draft APIs to tick: the picked ones first, then what the search finds. */
export function ApiPicker({ picked, suggested, search, onChange, disabled }: ApiPickerProps) {
  const [q, setQ] = useState("");
  const [found, setFound] = useState<Part<PickableApi> | null>(null);
  useEffect(() => {
    if (q.trim() === "") {
      setFound(null);
      return;
    }
    let current = true;
    const timer = setTimeout(async () => {
      const rows = await search(q.trim()).catch(() => ({ rows: [], more: false }));
      if (current) setFound(rows);
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [q, search]);

  const { rows, more } = found ?? suggested;
  const others = rows.filter((api) => !picked.some((p) => p.id === api.id));
  const toggle = (api: PickableApi, on: boolean) =>
    onChange(on ? [...picked, api] : picked.filter((p) => p.id !== api.id));
  return (
    <div>
      <div className="relative border-b border-line p-3">
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute inset-y-0 start-5.5 my-auto size-3.5 text-ink-3"
        />
        <TextInput
          type="search"
          aria-label="Find draft APIs"
          placeholder="Find draft APIs"
          value={q}
          disabled={disabled}
          className="ps-8"
          onChange={(event) => setQ(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        />
      </div>
      <ul className="max-h-72 overflow-auto px-4 py-1.5" data-field="apiIds">
        {[...picked, ...others].map((api) => (
          <li key={api.id}>
            <Checkbox
              checked={picked.some((p) => p.id === api.id)}
              disabled={disabled}
              onChange={(event) => toggle(api, event.target.checked)}
              aside={<code>{api.basePath}</code>}
            >
              {api.title} <span className="text-ink-3">{api.version}</span>
            </Checkbox>
          </li>
        ))}
        {picked.length === 0 && others.length === 0 && (
          <li className="py-2 text-ink-2">
            {q ? `No draft API has “${q}” in its title.` : "There is no draft API yet. Import one under APIs."}
          </li>
        )}
      </ul>
      {more && (
        <p className="border-t border-line px-4 py-2 text-12 text-ink-3">
          {found
            ? "There are more of that name. More letters find fewer."
            : "The drafts that changed last. Search by title for the others."}
        </p>
      )}
    </div>
  );
}
