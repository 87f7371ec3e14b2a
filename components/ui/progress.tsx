import type { ReactNode } from "react";

interface ProgressProps {
  /** The step and the count: "Importing 14 of 22 operations". */
  label: string;
  /** Both left out: how long is not known. */
  value?: number;
  max?: number;
  /** "3 s", or a link that leaves it running. */
  aside?: ReactNode;
}

/** Work under way, with its step named. Over ten seconds give a way to leave it in `aside`. */
export function Progress({ label, value, max = 100, aside }: ProgressProps) {
  const known = value !== undefined;
  return (
    <div className="grid gap-[9px]">
      <div className="flex items-baseline justify-between gap-3 text-12">
        <b>{label}</b>
        {aside && <span className="text-ink-3">{aside}</span>}
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={value}
        className="h-1.5 overflow-hidden rounded-full bg-sunken inset-ring inset-ring-line"
      >
        <div
          className={
            known
              ? "h-full bg-s-1"
              : "h-full w-1/3 animate-sweep bg-s-1 motion-reduce:w-full motion-reduce:animate-none motion-reduce:opacity-50"
          }
          style={known ? { width: `${Math.min(value / max, 1) * 100}%` } : undefined}
        />
      </div>
    </div>
  );
}
