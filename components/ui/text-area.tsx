"use client";

import type { ComponentProps } from "react";
import { cx } from "./cx.ts";
import { useTextControl } from "./field-context.ts";

/** Several lines of text; grows with what is typed where the browser can. */
export function TextArea({ mono, rows = 3, className, ...rest }: ComponentProps<"textarea"> & { mono?: boolean }) {
  const control = useTextControl(rest);
  return (
    <textarea
      rows={rows}
      {...(mono && { spellCheck: false })}
      {...control}
      className={cx(
        "control block max-h-80 resize-y py-1.5 field-sizing-content",
        mono && "font-mono md:text-code",
        className,
      )}
      style={{ minHeight: `calc(${rows} * 1.25rem + 14px)`, ...rest.style }}
    />
  );
}
