"use client";

import { Plus, Trash2 } from "lucide-react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { useRateLimitCheck } from "./use-rate-limit-check.ts";

export interface PlanDraft {
  /** Of the row in this page; not stored. */
  key: string;
  title: string;
  /** "100/1hour"; "" = no limit. */
  rateLimit: string;
  requiresApproval: boolean;
}

const PLANS_MAX = 20;

interface PlanRowsProps {
  plans: PlanDraft[];
  onChange: (plans: PlanDraft[]) => void;
  errorOf: (field: string) => string | undefined;
  disabled?: boolean;
}

/** The plans of a product, one row each: name, rate limit as text, approval. */
export function PlanRows({ plans, onChange, errorOf, disabled }: PlanRowsProps) {
  const check = useRateLimitCheck();
  const change = (key: string, part: Partial<PlanDraft>) =>
    onChange(plans.map((plan) => (plan.key === key ? { ...plan, ...part } : plan)));
  return (
    <div>
      <ul className="divide-y divide-line">
        {plans.map((plan, index) => (
          <li
            key={plan.key}
            className="grid gap-x-4 gap-y-3 px-4 py-3 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto_auto]"
          >
            <Field name={`plans.${index}.title`} label="Plan" error={errorOf(`plans.${index}.title`)}>
              <TextInput
                value={plan.title}
                maxLength={60}
                disabled={disabled}
                onChange={(event) => change(plan.key, { title: event.target.value })}
              />
            </Field>
            <Field
              name={`plans.${index}.rateLimit`}
              label="Rate limit"
              optional
              hint="Calls per time: 100/1hour, 10/1second."
              error={errorOf(`plans.${index}.rateLimit`)}
              validate={check}
            >
              <TextInput
                mono
                value={plan.rateLimit}
                placeholder="no limit"
                disabled={disabled}
                onChange={(event) => change(plan.key, { rateLimit: event.target.value })}
              />
            </Field>
            <Checkbox
              className="self-start md:mt-5"
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
          </li>
        ))}
      </ul>
      <div className="border-t border-line px-4 py-3">
        <Button
          icon={<Plus aria-hidden="true" />}
          disabled={disabled || plans.length >= PLANS_MAX}
          onClick={() =>
            onChange([
              ...plans,
              { key: crypto.randomUUID(), title: "", rateLimit: "1000/1hour", requiresApproval: false },
            ])
          }
        >
          Add plan
        </Button>
      </div>
    </div>
  );
}
