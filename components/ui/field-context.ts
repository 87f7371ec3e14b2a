"use client";

import {
  type ChangeEventHandler,
  createContext,
  type FocusEventHandler,
  type RefObject,
  useContext,
  useEffect,
  useRef,
} from "react";

export interface FieldWiring {
  id: string;
  labelId: string;
  name: string;
  required: boolean;
  describedBy?: string;
  invalid: boolean;
  /** The control tells its Field what was left behind (blur) and what is being typed. */
  onLeave: (value: string) => void;
  onType: (value: string) => void;
}

export const FieldContext = createContext<FieldWiring | null>(null);

/** What the surrounding Field gives to its control; null outside of one. */
export const useField = (): FieldWiring | null => useContext(FieldContext);

/** The attributes that tie a native control to its Field; the control's own props win. */
function fieldProps(field: FieldWiring | null) {
  if (!field) return {};
  return {
    id: field.id,
    name: field.name,
    "aria-required": field.required || undefined,
    "aria-invalid": field.invalid || undefined,
    "aria-describedby": field.describedBy,
  };
}

/**
 * Never clear what was typed: React resets a form after each of its actions, a refused one too. The reset event can
 * be cancelled, and every control does so for the form that it stands in. A form to be emptied gets a new `key`.
 */
export function useKeepTyped(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const form = ref.current?.closest("form");
    const keep = (event: Event) => event.preventDefault();
    form?.addEventListener("reset", keep);
    return () => form?.removeEventListener("reset", keep);
  }, [ref]);
}

interface Handlers<E> {
  onBlur?: FocusEventHandler<E> | undefined;
  onChange?: ChangeEventHandler<E, E> | undefined;
}

/** The props of a text control, tied to its Field and its form: its own win, its handlers run after the Field's. */
export function useTextControl<E extends HTMLInputElement | HTMLTextAreaElement, P extends object>(
  own: P & Handlers<E>,
) {
  const field = useField();
  const ref = useRef<E>(null);
  useKeepTyped(ref);
  const handlers: Handlers<E> = {
    onBlur: (event) => {
      field?.onLeave(event.target.value);
      own.onBlur?.(event);
    },
    onChange: (event) => {
      field?.onType(event.target.value);
      own.onChange?.(event);
    },
  };
  return { ref, ...fieldProps(field), ...own, ...handlers };
}
