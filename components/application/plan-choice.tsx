import { Field } from "#components/ui/field.tsx";
import { formatLimits } from "#lib/format.ts";
import type { SubscribePlan, SubscribeProduct } from "./subscribe-column.tsx";

interface PlanChoiceProps {
  offers: { plan: SubscribePlan; product: SubscribeProduct }[];
  value: string;
  onChange: (planId: string) => void;
}

/** The plans as radio lines: what each allows, and whether the provider has to agree. */
export function PlanChoice({ offers, value, onChange }: PlanChoiceProps) {
  const severalProducts = new Set(offers.map((offer) => offer.product.releaseId)).size > 1;
  return (
    <Field label="Plan" name="planId" group>
      <div
        role="radiogroup"
        aria-label="Plan"
        className="grid gap-px overflow-hidden rounded-1 border border-line-strong"
      >
        {offers.map(({ plan, product }) => (
          <label
            key={plan.id}
            className="relative flex min-h-control cursor-pointer items-start gap-2.5 border-line px-3 py-2 not-first:border-t hover:bg-hover has-checked:bg-accent-tint has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus"
          >
            <input
              type="radio"
              name="planId"
              value={plan.id}
              checked={plan.id === value}
              onChange={() => onChange(plan.id)}
              className="mt-0.5 size-4 shrink-0 accent-(--accent) outline-none"
            />
            <span className="min-w-0 flex-1">
              <b className="wrap-anywhere">{plan.title}</b>
              {severalProducts && <span className="text-ink-3"> of {product.title}</span>}
              <span className="block text-12 text-ink-2">{formatLimits(plan)}</span>
            </span>
            {plan.requiresApproval && <span className="text-12 text-ink-3">on approval</span>}
          </label>
        ))}
      </div>
    </Field>
  );
}
