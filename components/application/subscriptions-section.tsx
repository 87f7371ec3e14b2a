"use client";

import NextLink from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { LinkButton } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { cx } from "#components/ui/cx.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Menu, type MenuEntry } from "#components/ui/menu.tsx";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { toast } from "#components/ui/toaster.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { formatDate, formatLimits } from "#lib/format.ts";
import { type LiveState, liveWords } from "#lib/gateway-feed/live.rules.ts";
import { paths } from "#lib/paths.ts";
import { subscriptionCan } from "#lib/subscription/subscription.rules.ts";
import type { SubscriptionDto, SubscriptionRef } from "#lib/subscription/subscription.schema.ts";

interface Ended {
  product: string;
  live: LiveState;
}
type End = (input: SubscriptionRef) => Promise<ActionAnswer<Ended>>;

interface SubscriptionsSectionProps {
  application: string;
  subscriptions: SubscriptionDto[];
  /** There are more than these. */
  more: boolean;
  mayWrite: boolean;
  cancel: End;
  withdraw: End;
}

/** The APIs and plans of an application (S21), with what can be done to each. */
export function SubscriptionsSection(props: SubscriptionsSectionProps) {
  const { application, subscriptions, more, mayWrite, cancel, withdraw } = props;
  const router = useRouter();
  const [ending, setEnding] = useState<{ kind: "cancel" | "withdraw"; of: SubscriptionDto }>();
  const run = async () => {
    if (!ending) return;
    const answer = await (ending.kind === "cancel" ? cancel : withdraw)({ subscriptionId: ending.of.id });
    if (!answer.ok) return answer.message;
    toast(
      ending.kind === "cancel"
        ? `The subscription to ${answer.data.product} has ended. ${liveWords(answer.data.live)}`
        : `The request for ${ending.of.plan.title} is withdrawn.`,
    );
    router.refresh();
  };
  return (
    <Section title="Subscriptions" note="What its credentials may call, and how often.">
      {subscriptions.length === 0 ? (
        <EmptyState
          title="Not subscribed to any API yet"
          action={<LinkButton href={paths.catalog()}>Choose an API</LinkButton>}
        >
          Choose an API, then a plan, then {application}. Its client IDs work for that API from then on.
        </EmptyState>
      ) : (
        <Table label="Subscriptions">
          <thead>
            <tr>
              <Th>API</Th>
              <Th>Catalog</Th>
              <Th>Plan</Th>
              <Th>Limits</Th>
              <Th>Status</Th>
              <Th hidden>Actions</Th>
            </tr>
          </thead>
          <tbody>
            {subscriptions.map((subscription) => (
              <SubscriptionRow
                key={subscription.id}
                subscription={subscription}
                onEnd={mayWrite ? (kind) => setEnding({ kind, of: subscription }) : undefined}
              />
            ))}
          </tbody>
        </Table>
      )}
      {more && (
        <p className="mt-2 text-12 text-ink-3">
          These are the {subscriptions.length} oldest. Newer ones show as these are ended, and work all the same.
        </p>
      )}
      {ending && (
        <ConfirmDialog
          open
          onOpenChange={() => setEnding(undefined)}
          title={
            ending.kind === "cancel"
              ? `Cancel the subscription to ${ending.of.product.title} in ${ending.of.catalog.title}?`
              : "Withdraw the request?"
          }
          stops={
            ending.kind === "cancel"
              ? `${application}’s calls to ${ending.of.product.title} in ${ending.of.catalog.title} are refused at once.`
              : `${ending.of.catalog.organization.name} has not decided yet. You can ask again at any time.`
          }
          confirm={ending.kind === "cancel" ? "Cancel subscription" : "Withdraw request"}
          keep={ending.kind === "cancel" ? "Keep subscription" : "Keep request"}
          action={run}
        />
      )}
    </Section>
  );
}

interface SubscriptionRowProps {
  subscription: SubscriptionDto;
  /** Absent for a role that may look only. */
  onEnd?: (kind: "cancel" | "withdraw") => void;
}

function SubscriptionRow({ subscription, onEnd }: SubscriptionRowProps) {
  const { apis, catalog, plan, product, state, retired } = subscription;
  const entries = entriesOf(subscription, onEnd);
  return (
    <tr className={cx(retired && "text-ink-3")}>
      <Td names>
        {apis.map((api) => (
          <NextLink key={api.id} href={paths.api(api.ref)} className="block font-semibold hover:underline">
            {api.title} <span className="font-normal text-ink-3">{api.version}</span>
            <span className="sr-only"> in {catalog.title}</span>
          </NextLink>
        ))}
        {apis.length === 0 && <b>{product.title}</b>}
        <span className="block text-12 text-ink-3">{catalog.organization.name}</span>
      </Td>
      <Td label="Catalog">{catalog.title}</Td>
      <Td label="Plan">
        <Tag>{plan.title}</Tag>
      </Td>
      <Td label="Limits">{formatLimits(plan)}</Td>
      <Td label="Status">
        <span className="block">
          <Status state={retired || product.retired ? "retired" : state} />
          <span className="block max-w-60 text-12 text-ink-3 wrap-anywhere">{statusNote(subscription)}</span>
        </span>
      </Td>
      <Td className="w-px">
        {entries.length > 0 && (
          <Menu label={`Actions for ${product.title} ${plan.title} in ${catalog.title}`} entries={entries} />
        )}
      </Td>
    </tr>
  );
}

function statusNote({ state, createdAt, decidedAt, decisionReason, catalog, retired }: SubscriptionDto): string {
  if (retired?.reason) {
    return `${catalog.organization.name} retired the product on ${formatDate(retired.at)}: ${retired.reason}`;
  }
  if (retired)
    return `${catalog.organization.name} retired the product on ${formatDate(retired.at)}, and gave no reason.`;
  if (state === "pending") return `Asked ${formatDate(createdAt)}; ${catalog.organization.name} decides.`;
  if (state === "rejected") return decisionReason || `By ${catalog.organization.name}`;
  return `Since ${formatDate(decidedAt ?? createdAt)}`;
}

function entriesOf({ apis, state }: SubscriptionDto, onEnd: SubscriptionRowProps["onEnd"]): MenuEntry[] {
  const [first] = apis;
  return [
    ...(first
      ? [
          { label: "Open in Explore", href: paths.exploreApi(first.ref) },
          { label: "See plans", href: paths.api(first.ref) },
        ]
      : []),
    ...(onEnd && subscriptionCan("withdraw", state)
      ? [{ label: "Withdraw request…", danger: true, onAction: () => onEnd("withdraw") }]
      : []),
    ...(onEnd && subscriptionCan("cancel", state)
      ? [{ label: "Cancel subscription…", danger: true, onAction: () => onEnd("cancel") }]
      : []),
  ];
}
