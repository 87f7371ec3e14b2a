"use client";

import { type ReactNode, useRef } from "react";
import { cx } from "./cx.ts";
import { useField, useKeepTyped } from "./field-context.ts";

export interface Choice {
  value: string;
  label: ReactNode;
  className?: string;
}

interface SegmentedProps {
  choices: Choice[];
  /** Needed outside of a Field. */
  name?: string;
  label?: string;
  defaultValue?: string;
  value?: string;
  onChange?: (value: string) => void;
  size?: "sm" | "md";
  className?: string;
}

/** Up to four choices side by side: a radio group, so arrows move it and a plain form posts it. */
export function Segmented({
  choices,
  name,
  label,
  defaultValue,
  value,
  onChange,
  size = "md",
  className,
}: SegmentedProps) {
  const field = useField();
  const ref = useRef<HTMLDivElement>(null);
  useKeepTyped(ref);
  return (
    <div
      ref={ref}
      id={field?.id}
      role="radiogroup"
      tabIndex={-1}
      aria-label={label}
      aria-labelledby={label ? undefined : field?.labelId}
      aria-describedby={field?.describedBy}
      aria-invalid={field?.invalid || undefined}
      className={cx(
        "inline-flex max-w-full overflow-x-auto rounded-1 border bg-surface",
        field?.invalid ? "border-bad" : "border-line-strong",
        className,
      )}
    >
      {choices.map((choice) => (
        <label
          key={choice.value}
          className={cx(
            "relative flex grow cursor-pointer items-center justify-center gap-1.5 border-line px-[11px] font-medium whitespace-nowrap text-ink-2 not-first:border-s",
            "hover:bg-hover has-checked:bg-accent-tint has-checked:font-semibold has-checked:text-ink",
            "has-checked:shadow-[inset_0_-2px_0_var(--accent)] has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus",
            size === "sm"
              ? "min-h-[calc(var(--h-control-sm)-2px)] text-12"
              : "min-h-[calc(var(--h-control)-2px)] text-13",
            choice.className,
          )}
        >
          <input
            type="radio"
            name={name ?? field?.name}
            value={choice.value}
            {...(value === undefined
              ? { defaultChecked: choice.value === defaultValue, onChange: () => onChange?.(choice.value) }
              : { checked: choice.value === value, onChange: () => onChange?.(choice.value) })}
            className="absolute inset-0 appearance-none opacity-0"
          />
          {choice.label}
        </label>
      ))}
    </div>
  );
}
