"use client";

import { type FormEvent, useState, useTransition } from "react";

/** What a server action answers; the shape that `withAction` gives. */
export type ActionAnswer<T> =
  | { ok: true; data: T }
  | { ok: false; code: string; message: string; fields: { field: string; message: string }[] };

export interface FormErrors {
  message?: string;
  fields: { field: string; message: string }[];
}

const NONE: FormErrors = { fields: [] };

interface Options<I, T> {
  /** Builds the action's input from the form. */
  read: (form: FormData) => I;
  /** After a success, inside the transition: navigate, refresh, show. */
  onDone?: (data: T) => void;
}

/**
 * Runs a server action for a form: while it runs `pending` is true and a second submit does nothing; a refusal becomes
 * `errors` (for FormErrorSummary and, by name, for each Field); what was typed stays.
 */
export function useActionForm<I, T>(action: (input: I) => Promise<ActionAnswer<T>>, { read, onDone }: Options<I, T>) {
  const [errors, setErrors] = useState<FormErrors>(NONE);
  const [pending, start] = useTransition();
  const [tried, setTried] = useState(false);

  const run = (input: I) =>
    start(async () => {
      setTried(true);
      const answer = await action(input).catch((error: unknown) => ({
        ok: false as const,
        code: "INTERNAL",
        message: refusalIn(error) ?? "The portal did not answer. What you entered is still here; try again.",
        fields: [],
      }));
      if (answer.ok) {
        setErrors(NONE);
        onDone?.(answer.data);
      } else setErrors({ fields: answer.fields, ...(answer.fields.length === 0 && { message: answer.message }) });
    });

  return {
    pending,
    errors,
    /** Whether it was sent from this page. */
    tried,
    /** The message of one field, for `Field error`. */
    errorOf: (name: string) => errors.fields.find((entry) => entry.field === name)?.message,
    clear: () => setErrors(NONE),
    run,
    onSubmit: (event: FormEvent<HTMLFormElement>) => {
      event.preventDefault();
      if (!pending) run(read(new FormData(event.currentTarget)));
    },
  };
}

/** The sentence with which proxy.ts refuses a page that was opened under another address than the portal's own. */
const refusalIn = (error: unknown): string | null =>
  error instanceof Error && error.message.startsWith("This request did not come from") ? error.message : null;

/** One text value of a form; "" when it is absent. */
export const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};
