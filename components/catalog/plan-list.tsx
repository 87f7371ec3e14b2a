import { Sheet } from "#components/ui/table.tsx";
import { formatLimits, limitParts } from "#lib/format.ts";

export interface PlanFacts {
  id: string;
  title: string;
  rateLimits: { limit: number; windowSeconds: number }[];
  requiresApproval: boolean;
}

/** The plans of a product side by side: what one allows stands first, then how it starts. */
export function PlanList({ plans, provider }: { plans: PlanFacts[]; provider: string }) {
  return (
    <Sheet className="grid overflow-hidden md:grid-cols-[repeat(auto-fit,minmax(12rem,1fr))]">
      {plans.map((plan) => (
        <div key={plan.id} className="-mt-px -ms-px border-t border-line px-4 pt-3.5 pb-4 md:border-s">
          <div className="font-semibold">{plan.title}</div>
          {plan.rateLimits.length === 0 ? (
            <div className="mt-1 text-17 font-650">{formatLimits([])}</div>
          ) : (
            plan.rateLimits.map(limitParts).map(({ count, words }) => (
              <div key={words} className="mt-1 text-22 font-650">
                {count} <span className="text-13 font-450 text-ink-2">{words}</span>
              </div>
            ))
          )}
          <div className="mt-1 text-12 text-ink-2">
            {plan.requiresApproval ? `${provider} reviews each request` : "Starts at once"}
          </div>
        </div>
      ))}
    </Sheet>
  );
}
