import { cx } from "./cx.ts";

const tones: Record<string, string> = {
  "2": "bg-ok-tint text-ok",
  "3": "bg-info-tint text-info",
  "4": "bg-warn-tint text-warn",
  "5": "bg-bad-tint text-bad",
};

/** A status code, tinted by its class, with the reason phrase beside it where given. */
export function HttpCode({ code, reason, className }: { code: number | string; reason?: string; className?: string }) {
  return (
    <span className={cx("inline-flex items-center gap-2.5", className)}>
      <span
        className={cx(
          "rounded-1 px-1.75 py-1.25 font-mono text-13 leading-none font-650",
          tones[String(code)[0] ?? ""] ?? "bg-idle-tint text-ink-2",
        )}
      >
        {code}
      </span>
      {reason && <b>{reason}</b>}
    </span>
  );
}
