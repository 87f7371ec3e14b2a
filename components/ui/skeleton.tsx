import { cx } from "./cx.ts";

const widths = ["w-3/5", "w-11/12", "w-2/5", "w-4/5", "w-1/2"];

/** Grey bars in the shape of the rows to come; shown after 300 ms. `label` is read out: "Loading credentials". */
export function Skeleton({ rows = 3, label, className }: { rows?: number; label: string; className?: string }) {
  return (
    <div role="status" aria-label={label} className={cx("grid animate-late", className)}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars without identity
        <div key={row} className="flex h-row items-center border-b border-line px-4 last:border-0">
          <div className={cx("h-2.5 rounded-[2px] bg-idle-tint", widths[row % widths.length])} />
        </div>
      ))}
    </div>
  );
}
