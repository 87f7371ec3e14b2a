import { plural } from "#lib/format.ts";

interface FoundCountProps {
  /** All that were found, or those of this page where more follow. */
  total: number;
  /** One of them: "API", "operation". */
  what: string;
  /** There are further pages, and nobody counted what is on them. */
  more?: boolean;
  hidden?: boolean;
}

/** How many a search found, announced when the words change. Render it on the page without a search too: readers hear only changes. */
export function FoundCount({ total, what, more, hidden }: FoundCountProps) {
  const count = plural(total, what);
  return (
    <span role="status" className={hidden ? "sr-only" : undefined}>
      {more ? `${count} on this page, more follow` : count}
    </span>
  );
}
