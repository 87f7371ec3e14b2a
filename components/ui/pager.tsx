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

interface CursorPagerProps {
  /** The address of the list. */
  here: string;
  /** Its other parameters, on all pages: what is searched. */
  keep?: Record<string, string>;
  /** The cursor of this page; undefined on the first one. */
  after: string | undefined;
  /** The cursor of the next page; null on the last one. */
  next: string | null;
  label: string;
}

/** The Pager of a list that is paged by `?after=`: Previous leads to its first page. */
export function CursorPager({ here, keep = {}, after, next, label }: CursorPagerProps) {
  const page = (cursor: Record<string, string>) => {
    const query = new URLSearchParams({ ...keep, ...cursor }).toString();
    return query ? `${here}?${query}` : here;
  };
  return <Pager label={label} {...(after && { previous: page({}) })} {...(next && { next: page({ after: next }) })} />;
}
