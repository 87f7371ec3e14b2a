"use client";

import { Check, Copy } from "lucide-react";
import { Button, type ButtonSize, type ButtonVariant } from "./button.tsx";
import { cx } from "./cx.ts";
import { useCopy } from "./use-copy.ts";

interface CopyButtonProps {
  value: string;
  /** What is copied: "client ID of checkout-web". Readers hear "Copy client ID of checkout-web". */
  label: string;
  /** With the word Copy beside the icon. */
  wide?: boolean;
  variant?: ButtonVariant;
  size?: ButtonSize;
  autoFocus?: boolean;
  onCopied?: () => void;
  className?: string;
}

/** Copies a value; turns to a check and "Copied" for two seconds, which is also announced. */
export function CopyButton({
  value,
  label,
  wide,
  variant = "ghost",
  size = "sm",
  autoFocus,
  onCopied,
  className,
}: CopyButtonProps) {
  const { copy, copied, failed } = useCopy();
  const word = copied ? "Copied" : failed ? "Select and copy by hand" : "Copy";
  return (
    <>
      <Button
        variant={variant}
        size={size}
        aria-label={`Copy ${label}`}
        title={wide ? undefined : `Copy ${label}`}
        autoFocus={autoFocus}
        icon={copied ? <Check aria-hidden="true" className="text-ok" /> : <Copy aria-hidden="true" />}
        onClick={async () => {
          await copy(value);
          onCopied?.();
        }}
        className={cx(!wide && (size === "sm" ? "w-control-sm px-0" : "w-control px-0"), className)}
      >
        {wide && (
          // Both words lie in one cell, so that the button does not change its width.
          <span className="grid">
            <span className="invisible [grid-area:1/1]">Copied</span>
            <span className="[grid-area:1/1]">{word}</span>
          </span>
        )}
      </Button>
      <span role="status" className="sr-only">
        {copied ? `Copied ${label}` : failed ? `Could not copy ${label}` : ""}
      </span>
    </>
  );
}
