import { type ReactNode, useId } from "react";
import { cx } from "./cx.ts";

interface SectionProps {
  title: ReactNode;
  /** A few words or a Tag beside the title. */
  note?: ReactNode;
  actions?: ReactNode;
  id?: string;
  className?: string;
  children: ReactNode;
}

/** A part of a page: h2, a few words, actions at the right; 32 px above. */
export function Section({ title, note, actions, id, className, children }: SectionProps) {
  const heading = useId();
  return (
    <section id={id} aria-labelledby={heading} className={cx("mt-8 min-w-0 scroll-mt-4", className)}>
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3 gap-y-2">
        <h2 id={heading} className="text-17 font-semibold">
          {title}
        </h2>
        {note && <div className="text-12 text-ink-3">{note}</div>}
        {actions && (
          <div className="flex flex-wrap gap-2 self-center max-md:w-full max-md:*:grow md:ms-auto">{actions}</div>
        )}
      </div>
      {children}
    </section>
  );
}
