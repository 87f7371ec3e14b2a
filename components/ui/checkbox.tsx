"use client";

import { Check } from "lucide-react";
import { type ComponentProps, type ReactNode, useRef } from "react";
import { cx } from "./cx.ts";
import { useField, useKeepTyped } from "./field-context.ts";

interface CheckboxProps extends Omit<ComponentProps<"input">, "type" | "children"> {
  /** Words beside the box; a press on them counts. */
  children: ReactNode;
  hint?: ReactNode;
  /** At the far edge of the line: how many, which plan. */
  aside?: ReactNode;
}

/** A box to tick, for one yes or no, or one of several in a list. Posts `value` (default "on") under `name`. */
export function Checkbox({ children, hint, aside, className, ...rest }: CheckboxProps) {
  const field = useField();
  const ref = useRef<HTMLInputElement>(null);
  useKeepTyped(ref);
  return (
    <label
      className={cx(
        "flex min-h-8 has-disabled:text-ink-off items-start gap-2 py-1.5 touch:min-h-11 touch:py-3",
        className,
      )}
    >
      <span className="relative mt-0.5 grid size-4 shrink-0 place-items-center">
        <input
          ref={ref}
          name={field?.name}
          aria-describedby={field?.describedBy}
          {...rest}
          type="checkbox"
          className="peer size-4 appearance-none rounded-1 border border-line-strong bg-surface checked:border-accent checked:bg-accent disabled:border-line disabled:bg-sunken"
        />
        <Check
          aria-hidden="true"
          className="pointer-events-none absolute size-3 stroke-3 text-accent-ink opacity-0 peer-checked:opacity-100"
        />
      </span>
      <span className="min-w-0">
        <span className="block">{children}</span>
        {hint && <span className="block text-12 text-ink-3">{hint}</span>}
      </span>
      {aside !== undefined && <span className="ms-auto text-12 text-ink-3">{aside}</span>}
    </label>
  );
}
