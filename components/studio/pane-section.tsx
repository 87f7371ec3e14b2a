import { type ReactNode, useId } from "react";

interface PaneSectionProps {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  id?: string;
  children: ReactNode;
}

/** A part of the form pane: a bar with its name, then its rows from edge to edge. */
export function PaneSection({ title, note, actions, id, children }: PaneSectionProps) {
  const heading = useId();
  return (
    <section id={id} aria-labelledby={heading} className="border-b border-line last:border-0">
      <div className="z-10 flex min-h-10 items-center gap-2 border-b border-line bg-surface ps-4 pe-2 lg:sticky lg:top-0">
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-2 py-1">
          <h2 id={heading} className="font-semibold">
            {title}
          </h2>
          {note && <span className="text-12 text-ink-3">{note}</span>}
        </div>
        <span className="ms-auto flex shrink-0 items-center gap-1">{actions}</span>
      </div>
      {children}
    </section>
  );
}
