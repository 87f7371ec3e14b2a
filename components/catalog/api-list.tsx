import Link from "next/link";
import { Sheet } from "#components/ui/table.tsx";
import { formatDate, formatLimitsShort, plural } from "#lib/format.ts";
import type { PlanLimits } from "#lib/product/plan.rules.ts";

export interface ApiListEntry {
  href: string;
  title: string;
  version: string;
  summary: string;
  operations: number;
  provider: string;
  catalog: string;
  publishedAt: Date;
  open: boolean;
  plans: (PlanLimits & { title: string; requiresApproval: boolean })[];
}

/** Plans that fit beside a row; the rest are counted. */
const PLANS_SHOWN = 3;

function Access({ entry }: { entry: ApiListEntry }) {
  if (entry.open) return <span className="font-medium">Open, no key</span>;
  const more = entry.plans.length - PLANS_SHOWN;
  return (
    <ul aria-label="Plans" className="text-12">
      {entry.plans.slice(0, PLANS_SHOWN).map((plan) => (
        <li key={plan.title}>
          <b className="font-medium">
            {plan.title} {formatLimitsShort(plan)}
          </b>
          {plan.requiresApproval && <span className="text-ink-2"> on approval</span>}
        </li>
      ))}
      {more > 0 && <li className="text-ink-3">and {plural(more, "more plan")}</li>}
    </ul>
  );
}

/** Rows, not cards: people compare by scanning; plan and access stand on the right edge, where "may I use it?" is decided. */
export function ApiList({ entries }: { entries: ApiListEntry[] }) {
  return (
    <Sheet>
      <ul aria-label="APIs">
        {entries.map((entry) => (
          <li
            key={entry.href}
            className="relative grid gap-x-4 gap-y-2 border-b border-line px-4 py-3.5 last:border-0 hover:bg-hover md:grid-cols-[minmax(0,1fr)_14rem]"
          >
            <div className="min-w-0">
              <h3 className="text-15 font-650 wrap-anywhere">
                {/* The whole row is the link's target, its name is the title alone. */}
                <Link
                  href={entry.href}
                  // One API may stand in several catalogs, and several providers may have one of that name.
                  aria-label={`${entry.title} ${entry.version}, ${entry.provider} ${entry.catalog}`}
                  className="after:absolute after:inset-0"
                >
                  {entry.title}
                </Link>{" "}
                <span className="font-mono text-12 font-normal text-ink-3">{entry.version}</span>
              </h3>
              {entry.summary && <p className="mt-0.5 line-clamp-2 text-ink-2">{entry.summary}</p>}
              <p className="mt-0.5 text-12 text-ink-3">
                {[
                  plural(entry.operations, "operation"),
                  entry.provider,
                  entry.catalog,
                  formatDate(entry.publishedAt),
                ].join(" · ")}
              </p>
            </div>
            <div className="border-line md:border-s md:ps-4">
              <Access entry={entry} />
            </div>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
