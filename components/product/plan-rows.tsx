"use client";

import { Plus, Trash2 } from "lucide-react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { newRowKey } from "#components/ui/row-key.ts";
import { TextInput } from "#components/ui/text-input.tsx";
import { LimitFields, type LimitTexts } from "./limit-fields.tsx";
import { type OperationDraft, OperationLimits } from "./operation-limits.tsx";

export interface PlanDraft extends LimitTexts {
  /** Of the row in this page; not stored. */
  key: string;
  /** The plan's own, whatever its title; none before its first save. */
  id?: string | undefined;
  title: string;
  operations: OperationDraft[];
  requiresApproval: boolean;
}

const PLANS_MAX = 20;
const NEW_PLAN = {
  title: "",
  rateLimit: "1000/1hour",
  burstLimit: "",
  quota: "",
  operations: [],
  requiresApproval: false,
};

interface PlanRowsProps {
  plans: PlanDraft[];
  /** Of the product, for limits of their operations. */
  apis: { id: string; title: string; version: string }[];
  onChange: (plans: PlanDraft[]) => void;
  errorOf: (field: string) => string | undefined;
  disabled?: boolean;
}

/** The plans of a product, one row each: name, limits as text, approval. */
export function PlanRows({ plans, apis, onChange, errorOf, disabled }: PlanRowsProps) {
  const change = (key: string, part: Partial<PlanDraft>) =>
    onChange(plans.map((plan) => (plan.key === key ? { ...plan, ...part } : plan)));
  return (
    <div>
      <ul className="divide-y divide-line">
        {plans.map((plan, index) => (
          <li key={plan.key}>
            <fieldset aria-label={plan.title.trim() || `Plan ${index + 1}`} className="px-4 py-3">
              <div className="grid gap-x-4 gap-y-3 md:grid-cols-3">
                <Field name={`plans.${index}.title`} label="Plan" error={errorOf(`plans.${index}.title`)}>
                  <TextInput
                    value={plan.title}
                    maxLength={60}
                    disabled={disabled}
                    onChange={(event) => change(plan.key, { title: event.target.value })}
                  />
                </Field>
                <div className="flex items-start gap-2 md:contents">
                  <Checkbox
                    className="flex-1 self-start md:mt-5"
                    checked={plan.requiresApproval}
                    disabled={disabled}
                    hint="You decide on each subscription"
                    onChange={(event) => change(plan.key, { requiresApproval: event.target.checked })}
                  >
                    Requires approval
                  </Checkbox>
                  <IconButton
                    label={`Remove plan ${plan.title || index + 1}`}
                    className="self-start justify-self-end md:mt-[22px]"
                    disabled={disabled || plans.length === 1}
                    title={plans.length === 1 ? "A product needs at least one plan" : undefined}
                    onClick={() => onChange(plans.filter((other) => other.key !== plan.key))}
                  >
                    <Trash2 aria-hidden="true" />
                  </IconButton>
                </div>
                <LimitFields
                  prefix={`plans.${index}`}
                  values={plan}
                  onChange={(part) => change(plan.key, part)}
                  errorOf={errorOf}
                  placeholder="no limit"
                  disabled={disabled}
                />
              </div>
              <div className="mt-2">
                <OperationLimits
                  prefix={`plans.${index}.operations`}
                  operations={plan.operations}
                  apis={apis}
                  onChange={(operations) => change(plan.key, { operations })}
                  errorOf={errorOf}
                  disabled={disabled}
                />
              </div>
            </fieldset>
          </li>
        ))}
      </ul>
      <div className="border-t border-line px-4 py-3">
        <Button
          icon={<Plus aria-hidden="true" />}
          disabled={disabled || plans.length >= PLANS_MAX}
          onClick={() => onChange([...plans, { key: newRowKey(), ...NEW_PLAN }])}
        >
          Add plan
        </Button>
      </div>
    </div>
  );
}
