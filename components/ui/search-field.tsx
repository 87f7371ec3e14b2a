"use client";

import { Search } from "lucide-react";
import NextForm from "next/form";
import { useEffect, useRef } from "react";
import { cx } from "./cx.ts";

interface SearchFieldProps {
  /** The page that shows the result; the words go to it as `?q=`. */
  action: string;
  label: string;
  name?: string;
  placeholder?: string;
  defaultValue?: string;
  /** Other parameters of the address to keep: filters, order. */
  keep?: Record<string, string>;
  className?: string;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null;

/** Filters this page's list: a GET form, so the result has an address. `/` brings the focus here. */
export function SearchField({
  action,
  label,
  name = "q",
  placeholder,
  defaultValue,
  keep = {},
  className,
}: SearchFieldProps) {
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
    <NextForm action={action} role="search" aria-label={label} className={cx("relative min-w-0 md:w-60", className)}>
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute inset-y-0 start-2.5 my-auto size-3.5 text-ink-3"
      />
      <input
        ref={ref}
        key={defaultValue}
        type="search"
        name={name}
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={placeholder ?? label}
        defaultValue={defaultValue}
        autoComplete="off"
        spellCheck={false}
        className="peer control ps-8 md:pe-8"
      />
      <span
        aria-hidden="true"
        className="kbd pointer-events-none absolute inset-y-0 end-2 my-auto h-fit text-ink-3 peer-focus:hidden peer-[:not(:placeholder-shown)]:hidden max-md:hidden"
      >
        /
      </span>
      {Object.entries(keep).map(([key, value]) => (
        <input key={key} type="hidden" name={key} value={value} />
      ))}
    </NextForm>
  );
}
