import { ChevronLeft, ChevronRight } from "lucide-react";
import { LinkButton } from "./button.tsx";

interface PagerProps {
  /** Addresses with the cursor; left out where there is no more. */
  previous?: string;
  next?: string;
  /** "20 of 10,412", at the left. */
  summary?: string;
  /** What is paged, for readers: "Audit events". */
  label: string;
}

/** Previous and Next of a list that is paged by cursor. Draws nothing when one page holds all. */
export function Pager({ previous, next, summary, label }: PagerProps) {
  if (!previous && !next && !summary) return null;
  return (
    <nav aria-label={`Pages of ${label}`} className="mt-3 flex flex-wrap items-center gap-2">
      {summary && <span className="text-12 text-ink-3">{summary}</span>}
      <span className="ms-auto flex gap-2">
        {previous && (
          <LinkButton href={previous} rel="prev" icon={<ChevronLeft aria-hidden="true" className="rtl:-scale-x-100" />}>
            Previous
          </LinkButton>
        )}
        {next && (
          <LinkButton
            href={next}
            rel="next"
            className="flex-row-reverse"
            icon={<ChevronRight aria-hidden="true" className="rtl:-scale-x-100" />}
          >
            Next
          </LinkButton>
        )}
      </span>
    </nav>
  );
}
