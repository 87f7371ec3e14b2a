"use client";

import { type ComponentProps, useLayoutEffect } from "react";
import { cx } from "./cx.ts";
import { useTextControl } from "./field-context.ts";

/** What `field-sizing: content` does, for browsers without it (WebKitGTK 2.50). */
function grow(area: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  const borders = area.offsetHeight - area.clientHeight;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + borders}px`;
}

/** Several lines of text; grows with what is typed, to 20 rem. */
export function TextArea({ mono, rows = 3, className, ...rest }: ComponentProps<"textarea"> & { mono?: boolean }) {
  const control = useTextControl(rest);
  const { ref } = control;
  useLayoutEffect(() => {
    if (ref.current) grow(ref.current);
  });
  return (
    <textarea
      rows={rows}
      {...(mono && { spellCheck: false })}
      {...control}
      onInput={(event) => {
        grow(event.currentTarget);
        rest.onInput?.(event);
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
