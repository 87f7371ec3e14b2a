"use client";

import { type ReactNode, useId } from "react";
import { Select } from "#components/ui/select.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import type { SliceParameter } from "#lib/api-definition/compiled.ts";
import { RequestLine } from "./request-group.tsx";

interface ParameterFieldProps {
  parameter: SliceParameter;
  /** "query.zipcode" */
  field: string;
  value: string;
  onChange: (value: string) => void;
  error?: ReactNode;
}

/** What stands for "leave it out" in a list; no enum of a definition holds it. */
const NOTHING = "\u0000";

/** One parameter: a list where the definition names its values, else text as it goes on the wire. */
export function ParameterField({ parameter, field, value, onChange, error }: ParameterFieldProps) {
  const id = useId();
  const { name, type, required, description, enum: choices, example } = parameter;
  const words = (
    <>
      {choices.length > 0 ? "one of" : type}
      {required && (
        <>
          , <span className="font-550 text-ink-2">required</span>
        </>
      )}
    </>
  );
  return (
    <RequestLine field={field} htmlFor={id} name={name} words={words} hint={description} error={error}>
      {choices.length > 0 ? (
        <Select
          label={name}
          mono
          value={value === "" ? NOTHING : value}
          onChange={(chosen) => onChange(chosen === NOTHING ? "" : chosen)}
          options={[
            ...(required ? [] : [{ value: NOTHING, label: "Not sent" }]),
            ...choices.map((choice) => ({ value: choice, label: choice })),
          ]}
        />
      ) : (
        <TextInput
          id={id}
          mono
          value={value}
          placeholder={required ? undefined : example && `for example ${example}`}
          aria-required={required || undefined}
          aria-invalid={error ? true : undefined}
          aria-describedby={error || description ? `${id}-help` : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </RequestLine>
  );
}
