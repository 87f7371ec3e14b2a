"use client";

import { type ComponentProps, useRef } from "react";
import { cx } from "./cx.ts";
import { fieldProps, useField, useKeepTyped } from "./field-context.ts";

/** Several lines of text; grows with what is typed where the browser can. */
export function TextArea({ mono, rows = 3, className, ...rest }: ComponentProps<"textarea"> & { mono?: boolean }) {
  const field = useField();
  const ref = useRef<HTMLTextAreaElement>(null);
  useKeepTyped(ref);
  return (
    <textarea
      ref={ref}
      rows={rows}
      {...(mono && { spellCheck: false })}
      {...fieldProps(field)}
      {...rest}
      onBlur={(event) => {
        field?.onLeave(event.target.value);
        rest.onBlur?.(event);
      }}
      onChange={(event) => {
        field?.onType(event.target.value);
        rest.onChange?.(event);
      }}
      className={cx(
        "control block max-h-80 resize-y py-1.5 field-sizing-content",
        mono && "font-mono md:text-code",
        className,
      )}
      style={{ minHeight: `calc(${rows} * 1.25rem + 14px)`, ...rest.style }}
    />
  );
}
