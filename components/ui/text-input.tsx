"use client";

import type { ComponentProps } from "react";
import { cx } from "./cx.ts";
import { useTextControl } from "./field-context.ts";

/** One line of text. Inside a Field it needs no id and no name. `mono` for what a machine reads. */
export function TextInput({ mono, className, ...rest }: ComponentProps<"input"> & { mono?: boolean }) {
  const control = useTextControl(rest);
  return (
    <input
      type="text"
      autoComplete="off"
      {...(mono && { spellCheck: false, autoCapitalize: "none", autoCorrect: "off" })}
      {...control}
      className={cx("control", mono && "font-mono md:text-code", className)}
    />
  );
}
