"use client";

import NextForm from "next/form";
import { cx } from "./cx.ts";
import { SearchInput } from "./search-input.tsx";

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
  return (
    <NextForm action={action} role="search" aria-label={label} className={cx("relative min-w-0 md:w-60", className)}>
      <SearchInput
        key={defaultValue}
        name={name}
        label={label}
        placeholder={placeholder}
        defaultValue={defaultValue}
        className="peer md:pe-8"
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
