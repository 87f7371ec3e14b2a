"use client";

import { CircleX } from "lucide-react";
import { type ReactNode, useId, useMemo, useState } from "react";
import { cx } from "./cx.ts";
import { FieldContext } from "./field-context.ts";

export interface FieldProps {
  label: ReactNode;
  name: string;
  /** Help below; an error takes its place. */
  hint?: ReactNode;
  /** From the server. `FormErrorSummary` finds the field by its name. */
  error?: string;
  optional?: boolean;
  /** A few words right after the label: "can be seen later". */
  note?: ReactNode;
  /** At the far edge of the label's line: a Tag, a link. */
  aside?: ReactNode;
  /** For a control of several parts (Segmented, a list of checkboxes). */
  group?: boolean;
  /** Checked on blur, and on each key once it was wrong. Returns what to do, or nothing. */
  validate?: (value: string) => string | undefined;
  className?: string;
  children: ReactNode;
}

/** Label above, control, help or error below, tied together for readers. The control takes its id and name from here. */
export function Field(props: FieldProps) {
  const { label, name, hint, optional = false, note, aside, group, validate, className, children } = props;
  const id = useId();
  const [left, setLeft] = useState<{ message?: string } | null>(null);
  const error = left ? left.message : props.error;
  const wiring = useMemo(
    () => ({
      id,
      labelId: `${id}-label`,
      name,
      required: !optional,
      invalid: Boolean(error),
      describedBy: error || hint ? `${id}-help` : undefined,
      onLeave: (value: string) => {
        if (validate && (value !== "" || error)) setLeft({ message: validate(value) });
      },
      onType: (value: string) => {
        if (validate && error) setLeft({ message: validate(value) });
      },
    }),
    [id, name, optional, error, hint, validate],
  );

  const labelClass = "text-12 font-semibold";
  return (
    <div className={cx("min-w-0", className)} data-field={name}>
      <div className="mb-1 flex flex-wrap items-baseline gap-x-1.5">
        {group ? (
          <span id={wiring.labelId} className={labelClass}>
            {label}
          </span>
        ) : (
          <label id={wiring.labelId} htmlFor={id} className={labelClass}>
            {label}
          </label>
        )}
        {optional && <span className="text-12 text-ink-3">optional</span>}
        {note && <span className="text-12 text-ink-3">{note}</span>}
        {aside && <span className="ms-auto">{aside}</span>}
      </div>
      <FieldContext value={wiring}>{children}</FieldContext>
      {error ? (
        <p id={`${id}-help`} className="mt-[5px] flex gap-1.5 text-12 font-medium text-bad">
          <CircleX aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{error}</span>
        </p>
      ) : (
        hint && (
          <p id={`${id}-help`} className="mt-1 text-12 text-ink-3">
            {hint}
          </p>
        )
      )}
    </div>
  );
}
