"use client";

import { useEffect, useRef } from "react";
import { Note } from "./note.tsx";

interface FormErrorSummaryProps {
  /** Path of the field in the form -> what to do. A fresh object after each submit brings the focus back. */
  errors: { field: string; message: string }[];
  /** An error of the whole form. */
  message?: string;
}

const controlOf = (form: HTMLFormElement | null, field: string): HTMLElement | null =>
  (form ?? document).querySelector<HTMLElement>(
    `[data-field="${CSS.escape(field)}"] :is(input:not([type=hidden]):not([aria-hidden] *), textarea, button, [tabindex])`,
  );

/** Focuses the first wrong field after a submit and lists them when there is more than one. First child of its form. */
export function FormErrorSummary({ errors, message }: FormErrorSummaryProps) {
  const ref = useRef<HTMLDivElement>(null);
  const form = () => ref.current?.closest("form") ?? null;
  useEffect(() => {
    const first = errors[0] && controlOf(ref.current?.closest("form") ?? null, errors[0].field);
    if (first) first.focus();
    else if (errors.length > 0 || message) ref.current?.focus();
  }, [errors, message]);

  if (errors.length === 0 && !message) return null;
  return (
    <div ref={ref} tabIndex={-1} role="alert" className={errors.length === 1 && !message ? "sr-only" : undefined}>
      <Note tone="bad" title={message ?? `${errors.length} fields need a change`}>
        {errors.length > 0 && (
          <ul>
            {errors.map((error) => (
              <li key={error.field + error.message}>
                <button
                  type="button"
                  className="min-h-6 text-start underline touch:min-h-11 underline-offset-3 hover:decoration-2"
                  onClick={() => controlOf(form(), error.field)?.focus()}
                >
                  {error.message}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Note>
    </div>
  );
}
