import { CopyButton } from "./copy-button.tsx";
import { cx } from "./cx.ts";

interface ShownOnceProps {
  value: string;
  label: string;
  /** The amber frame of what cannot be shown again; without it, a value that can. */
  once?: boolean;
  autoFocus?: boolean;
  onCopied?: () => void;
}

/** A value to carry away, whole, with Copy. Amber when this is the only time that it is shown. */
export function ShownOnce({ value, label, once = true, autoFocus, onCopied }: ShownOnceProps) {
  return (
    <div
      className={cx(
        "flex items-stretch rounded-1 border",
        once ? "border-warn-solid bg-warn-tint ring-1 ring-warn-solid" : "border-line-strong bg-surface",
      )}
    >
      <code className="min-w-0 flex-1 px-3 py-[9px] text-code wrap-anywhere select-all">{value}</code>
      <CopyButton
        value={value}
        label={label}
        wide
        size="md"
        autoFocus={autoFocus}
        onCopied={onCopied}
        className={cx(
          "rounded-none border-s !text-ink -outline-offset-2",
          once ? "border-s-warn-line hover:bg-warn-line/40" : "border-s-line",
        )}
      />
    </div>
  );
}
