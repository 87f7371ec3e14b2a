import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

interface DisclosureProps {
  summary: ReactNode;
  /** At the far edge of the line: a count, a Tag. */
  aside?: ReactNode;
  open?: boolean;
  className?: string;
  children: ReactNode;
}

/** Details that few need: a line that opens. Works without script, and find-in-page opens it. */
export function Disclosure({ summary, aside, open, className, children }: DisclosureProps) {
  return (
    <details open={open} className={cx("group", className)}>
      <summary className="flex min-h-control list-none items-center gap-2 rounded-1 font-medium text-ink-2 hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-ink-3 group-open:rotate-90 rtl:-scale-x-100" />
        <span className="min-w-0">{summary}</span>
        {aside && <span className="ms-auto">{aside}</span>}
      </summary>
      <div className="pt-1 pb-2 ps-6">{children}</div>
    </details>
  );
}
