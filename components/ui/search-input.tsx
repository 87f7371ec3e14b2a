"use client";

import { Search } from "lucide-react";
import { type ComponentProps, useEffect, useRef } from "react";
import { cx } from "./cx.ts";

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null;

interface SearchInputProps extends Omit<ComponentProps<"input">, "aria-label" | "ref" | "type"> {
  label: string;
}

/** The input of a search, with its glass; `/` brings the focus here. It wants a `relative` parent. */
export function SearchInput({ label, placeholder = label, className, ...rest }: SearchInputProps) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      event.preventDefault();
      ref.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute inset-y-0 start-2.5 my-auto size-3.5 text-ink-3"
      />
      <input
        autoComplete="off"
        spellCheck={false}
        {...rest}
        ref={ref}
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={placeholder}
        className={cx("control ps-8", className)}
      />
    </>
  );
}
