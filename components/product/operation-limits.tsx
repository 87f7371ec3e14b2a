"use client";

import { Plus, Trash2 } from "lucide-react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { newRowKey } from "#components/ui/row-key.ts";
import { Select } from "#components/ui/select.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { plural } from "#lib/format.ts";
import { LimitFields, type LimitTexts } from "./limit-fields.tsx";

export interface OperationDraft extends LimitTexts {
  /** Of the row in this page; not stored. */
  key: string;
  apiId: string;
  /** "GET /current" */
  operation: string;
}

const OPERATIONS_MAX = 50;

interface OperationLimitsProps {
  /** Names of the fields begin with it: "plans.0.operations". */
  prefix: string;
  operations: OperationDraft[];
  apis: { id: string; title: string; version: string }[];
  onChange: (operations: OperationDraft[]) => void;
  errorOf: (field: string) => string | undefined;
  disabled?: boolean;
}

/** The operations that a plan limits on their own, in a part that opens: few plans have any. */
export function OperationLimits({ prefix, operations, apis, onChange, errorOf, disabled }: OperationLimitsProps) {
  const change = (key: string, part: Partial<OperationDraft>) =>
    onChange(operations.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const add = () => {
    const empty = { operation: "", rateLimit: "", burstLimit: "", quota: "" };
    onChange([...operations, { key: newRowKey(), apiId: apis[0]?.id ?? "", ...empty }]);
  };
  return (
    <Disclosure
      summary="Limits of single operations"
      aside={
        <span className="text-12 text-ink-3">
          {operations.length === 0 ? "none" : plural(operations.length, "operation")}
        </span>
      }
      open={operations.length > 0}
    >
      <p className="mb-3 text-12 text-ink-3">
        What is entered here holds for the operation in place of the plan’s limit of that kind. What is left empty it
        shares with the plan’s other calls.
      </p>
      <ul className="grid gap-4">
        {operations.map((row, index) => (
          <li key={row.key}>
            <fieldset
              aria-label={row.operation.trim() || `Operation ${index + 1}`}
              className="grid gap-x-4 gap-y-3 border-line border-s ps-4 md:grid-cols-3"
            >
              <Field name={`${prefix}.${index}.apiId`} label="API" error={errorOf(`${prefix}.${index}.apiId`)}>
                <Select
                  options={apis.map((api) => ({ value: api.id, label: `${api.title} ${api.version}` }))}
                  value={row.apiId}
                  disabled={disabled}
                  onChange={(apiId) => change(row.key, { apiId })}
                />
              </Field>
              <div className="flex items-start gap-2 md:contents">
                <Field
                  name={`${prefix}.${index}.operation`}
                  label="Operation"
                  className="flex-1"
                  error={errorOf(`${prefix}.${index}.operation`)}
                >
                  <TextInput
                    mono
                    value={row.operation}
                    placeholder="GET /current"
                    disabled={disabled}
                    onChange={(event) => change(row.key, { operation: event.target.value })}
                  />
                </Field>
                <IconButton
                  label={`Remove the limits of ${row.operation || `operation ${index + 1}`}`}
                  className="self-start justify-self-end mt-[22px]"
                  disabled={disabled}
                  onClick={() => onChange(operations.filter((other) => other.key !== row.key))}
                >
                  <Trash2 aria-hidden="true" />
                </IconButton>
              </div>
              <LimitFields
                prefix={`${prefix}.${index}`}
                values={row}
                onChange={(part) => change(row.key, part)}
                errorOf={errorOf}
                placeholder="as the plan"
                disabled={disabled}
              />
            </fieldset>
          </li>
        ))}
      </ul>
      <Button
        className="mt-3"
        icon={<Plus aria-hidden="true" />}
        disabled={disabled || apis.length === 0 || operations.length >= OPERATIONS_MAX}
        title={apis.length === 0 ? "Add an API to the product first" : undefined}
        onClick={add}
      >
        Add operation
      </Button>
    </Disclosure>
  );
}
