import type { ReactNode } from "react";

export interface KeyValueRow {
  label: string;
  /** Under the label: what it is for. */
  hint?: string;
  value: ReactNode;
  /** Copy, eye and the like, at the far edge. */
  actions?: ReactNode;
}

/** Named values in a sheet, one a line: addresses to copy, settings to read. */
export function KeyValue({ rows }: { rows: KeyValueRow[] }) {
  return (
    <dl className="min-w-0 rounded-2 border border-line bg-surface">
      {rows.map((row) => (
        <div
          key={row.label}
          className="grid items-center gap-x-4 border-b border-line px-4 py-2.5 last:border-0 md:grid-cols-[min(15rem,40%)_minmax(0,1fr)]"
        >
          <dt className="font-semibold">
            {row.label}
            {row.hint && <span className="block text-12 font-normal text-ink-3">{row.hint}</span>}
          </dt>
          <dd className="flex min-w-0 items-center gap-2 wrap-anywhere">
            <div className="min-w-0 flex-1">{row.value}</div>
            {row.actions}
          </dd>
        </div>
      ))}
    </dl>
  );
}
