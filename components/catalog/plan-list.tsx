import { Sheet } from "#components/ui/table.tsx";
import { formatLimits, limitParts, operationParts } from "#lib/format.ts";
import type { PlanLimits } from "#lib/product/plan.rules.ts";

export interface PlanFacts extends PlanLimits {
  id: string;
  title: string;
  requiresApproval: boolean;
}

interface PlanListProps {
  plans: PlanFacts[];
  provider: string;
  /** "Plans of Weather" */
  label: string;
}

/** The plans of a product side by side: what one allows stands first, then how it starts. */
export function PlanList({ plans, provider, label }: PlanListProps) {
  return (
    <Sheet className="overflow-hidden">
      <ul aria-label={label} className="grid md:grid-cols-[repeat(auto-fit,minmax(12rem,1fr))]">
        {plans.map((plan) => (
          <li key={plan.id} className="-mt-px -ms-px border-t border-line px-4 pt-3.5 pb-4 md:border-s">
            <h3>{plan.title}</h3>
            {limitParts(plan).length === 0 ? (
              <div className="mt-1 text-17 font-650">{formatLimits({ ...plan, operationLimits: [] })}</div>
            ) : (
              limitParts(plan).map(({ count, words }) => (
                <div key={words} className="mt-1 text-22 font-650">
                  {count} <span className="text-13 font-450 text-ink-2">{words}</span>
                </div>
              ))
            )}
            {operationParts(plan).map((words) => (
              <div key={words} className="mt-1 text-12 text-ink-2 wrap-anywhere">
                {words}
              </div>
            ))}
            <div className="mt-1 text-12 text-ink-2">
              {plan.requiresApproval ? `${provider} reviews each request` : "Starts at once"}
            </div>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
