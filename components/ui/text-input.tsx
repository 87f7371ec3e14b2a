"use client";

import { type ComponentProps, useRef } from "react";
import { cx } from "./cx.ts";
import { fieldProps, useField, useKeepTyped } from "./field-context.ts";

/** One line of text. Inside a Field it needs no id and no name. `mono` for what a machine reads. */
export function TextInput({ mono, className, ...rest }: ComponentProps<"input"> & { mono?: boolean }) {
  const field = useField();
  const ref = useRef<HTMLInputElement>(null);
  useKeepTyped(ref);
  return (
    <input
      ref={ref}
      type="text"
      autoComplete="off"
      {...(mono && { spellCheck: false, autoCapitalize: "none", autoCorrect: "off" })}
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
      className={cx("control", mono && "font-mono md:text-code", className)}
    />
  );
}
