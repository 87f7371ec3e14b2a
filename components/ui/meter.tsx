import type { ReactNode } from "react";
import { formatNumber } from "#lib/format.ts";
import { cx } from "./cx.ts";

interface MeterProps {
  /** Whose quota: "Weather Provider API". */
  label: string;
  used: number;
  limit: number;
  /** "this hour", "today". */
  window: string;
  /** "resets 15:00". */
  resets?: string;
  /** "At this pace full at 14:52"; shown from 80 %. */
  forecast?: ReactNode;
  /** The bar alone, for a line that says the numbers itself. */
  bare?: boolean;
}

const WARN_FROM = 0.8;

/** Used of limit, left and reset time; amber from 80 % with a forecast, red at 100 %. */
export function Meter({ label, used, limit, window, resets, forecast, bare }: MeterProps) {
  const share = limit > 0 ? Math.min(used / limit, 1) : 1;
  const tone = share >= 1 ? "bad" : share >= WARN_FROM ? "warn" : "calm";
  const left = formatNumber(Math.max(limit - used, 0));
  const bar = (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> in colours of their own
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={limit}
      aria-valuenow={Math.min(used, limit)}
      aria-valuetext={`${formatNumber(used)} of ${formatNumber(limit)} ${window}`}
      className="h-1.5 overflow-hidden rounded-full bg-sunken inset-ring inset-ring-line"
    >
      <div
        className={cx("h-full", { calm: "bg-s-1", warn: "bg-s-2", bad: "bg-s-4" }[tone])}
        style={{ width: `${share * 100}%` }}
      />
    </div>
  );
  if (bare) return bar;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-baseline gap-x-1.5">
        <span className="text-22 font-650">{formatNumber(used)}</span>
        <span className="text-ink-2">
          of {formatNumber(limit)} {window}
        </span>
      </div>
      {bar}
      <div className="flex flex-wrap justify-between gap-x-3 text-12 text-ink-3">
        <span>{[`${left} left`, resets].filter(Boolean).join(", ")}</span>
        {tone === "bad" ? (
          <span className="font-550 text-bad">Full: calls are refused</span>
        ) : (
          tone === "warn" && forecast && <span className="font-550 text-warn">{forecast}</span>
        )}
      </div>
    </div>
  );
}
