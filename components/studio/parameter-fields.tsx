"use client";

import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import type { OperationSlice, SliceParameter } from "#lib/api-definition/compiled.ts";
import type { CallValues } from "#lib/explore/explore.schema.ts";
import { type CredentialNeed, fillable, typedFor, withValue } from "#lib/explore/request.rules.ts";

interface ParameterFieldsProps {
  slice: OperationSlice;
  need: CredentialNeed;
  values: CallValues;
  onChange: (values: CallValues) => void;
  errorOf: (field: string) => string | undefined;
}

const choicesOf = (p: SliceParameter): string[] =>
  p.enum.length > 0 ? p.enum : p.type === "boolean" ? ["true", "false"] : [];

/** One control for each parameter of an operation, and its body. */
export function ParameterFields({ slice, need, values, onChange, errorOf }: ParameterFieldsProps) {
  const set = (p: SliceParameter, value: string) => onChange(withValue(values, p, value));
  return (
    <>
      {fillable(slice, need).map((p) => {
        const field = `${p.in}.${p.name}`;
        const value = typedFor(values, p);
        const choices = choicesOf(p);
        return (
          <Field
            key={field}
            name={field}
            label={p.name}
            optional={!p.required}
            aside={<span className="text-12 text-ink-3">{p.in}</span>}
            hint={p.description ? firstSentence(p.description) : undefined}
            error={errorOf(field)}
          >
            {choices.length > 0 ? (
              <Select
                mono
                value={value}
                onChange={(next) => set(p, next)}
                options={[
                  ...(p.required ? [] : [{ value: "", label: "not sent" }]),
                  ...choices.map((choice) => ({ value: choice, label: choice })),
                ]}
              />
            ) : (
              <TextInput mono value={value} onChange={(event) => set(p, event.target.value)} />
            )}
          </Field>
        );
      })}
      {slice.body && (
        <Field name="body" label="Body" optional={!slice.body.required} hint={values.contentType ?? undefined}>
          <TextArea
            mono
            rows={5}
            value={values.body ?? ""}
            onChange={(event) =>
              onChange({
                ...values,
                body: event.target.value === "" && !slice.body?.required ? null : event.target.value,
              })
            }
          />
        </Field>
      )}
    </>
  );
}

const HINT_MAX = 160;

function firstSentence(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > HINT_MAX ? `${line.slice(0, HINT_MAX)}…` : line;
}
