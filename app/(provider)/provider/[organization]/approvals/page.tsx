import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { ApprovalRow } from "#components/subscription/approval-row.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { formatLimits, formatMoment } from "#lib/format.ts";
import { pageInput } from "#lib/page.ts";
import { paths } from "#lib/paths.ts";
import { listPendingSubscriptions } from "#lib/subscription/list-pending-subscriptions.ts";
import { decideSubscriptionAction } from "./actions.ts";

export const metadata: Metadata = { title: "Approvals" };

export default async function ApprovalsPage({ params, searchParams }: PageProps<"/provider/[organization]/approvals">) {
  const { organization } = pageParams(await params);
  const { after } = pageInput.parse(await searchParams);
  const here = paths.approvals(organization);
  const person = await requirePerson(here);
  const queue = await forPage(here, () => listPendingSubscriptions(person, { organization, after }));
  return (
    <>
      <PageHead title="Approvals" lead="Requests for plans that you review, oldest first." />
      {queue.rows.length === 0 ? (
        <EmptyState title="Nothing waits for you">
          A request appears here when a developer chooses a plan that asks for approval.
        </EmptyState>
      ) : (
        <ul className="grid gap-3">
          {queue.rows.map((row) => (
            <li key={row.id}>
              <ApprovalRow
                approval={{
                  id: row.id,
                  application: row.application.name,
                  organization: row.application.organization,
                  product: `${row.product.title} ${row.product.version}`,
                  plan: row.plan.title,
                  grants: formatLimits(row.plan, "calls without a limit"),
                  catalog: row.catalog.title,
                  comment: row.comment,
                  asked: formatMoment(row.createdAt),
                }}
                action={decideSubscriptionAction}
              />
            </li>
          ))}
        </ul>
      )}
      <CursorPager label="requests" here={here} after={after} next={queue.next} />
    </>
  );
}
