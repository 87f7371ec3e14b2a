"use client";

import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { LimitTextError, parseBurstLimits, parseQuotas, parseRateLimits } from "#lib/product/plan.rules.ts";

/** The three kinds of limits as a person types them; "" = no limit of that kind. */
export interface LimitTexts {
  /** "100/1hour, 80/1hour soft" */
  rateLimit: string;
  /** "20/1second" */
  burstLimit: string;
  /** "20000/1month" */
  quota: string;
}

interface Kind {
  name: keyof LimitTexts;
  label: string;
  hint: string;
  validate: (text: string) => string | undefined;
}

const check = (parse: (text: string) => unknown) => (text: string) => {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof LimitTextError) return error.message;
    throw error;
  }
};

const KINDS: Kind[] = [
  {
    name: "rateLimit",
    label: "Rate limit",
    hint: "Calls per time: 100/1hour, 10/1second. With “soft” calls over it pass, and are noted.",
    validate: check(parseRateLimits),
  },
  {
    name: "burstLimit",
    label: "Burst limit",
    hint: "For a short time, always hard: 20/1second.",
    validate: check(parseBurstLimits),
  },
  {
    name: "quota",
    label: "Quota",
    hint: "Per day or month of the calendar: 20000/1month.",
    validate: check(parseQuotas),
  },
];

interface LimitFieldsProps {
  /** Names of the fields begin with it: "plans.0". */
  prefix: string;
  values: LimitTexts;
  onChange: (part: Partial<LimitTexts>) => void;
  errorOf: (field: string) => string | undefined;
  /** What stands in an empty field. */
  placeholder: string;
  disabled?: boolean;
}

/** Rate limits, burst limits and quotas, each in a line of text that several limits share. */
export function LimitFields({ prefix, values, onChange, errorOf, placeholder, disabled }: LimitFieldsProps) {
  return KINDS.map(({ name, label, hint, validate }) => (
    <Field
      key={name}
      name={`${prefix}.${name}`}
      label={label}
      optional
      hint={hint}
      error={errorOf(`${prefix}.${name}`)}
      validate={validate}
    >
      <TextInput
        mono
        value={values[name]}
        placeholder={placeholder}
        disabled={disabled}
        onChange={(event) => onChange({ [name]: event.target.value })}
      />
    </Field>
  ));
}
