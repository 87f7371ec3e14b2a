"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Select } from "#components/ui/select.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { textOf, useActionForm } from "#components/ui/use-action-form.ts";
import { requestOutcome } from "#lib/subscription/subscription.rules.ts";
import type { Subscriber } from "#lib/subscription/subscription.schema.ts";
import { ApplicationSearch } from "./application-search.tsx";
import { OrganizationField } from "./organization-field.tsx";
import { PlanChoice } from "./plan-choice.tsx";
import type {
  RegisteredAndRequested,
  Requested,
  SubscribeColumnProps,
  SubscribePlan,
  SubscribeProduct,
} from "./subscribe-column.tsx";

/** Value of the choice that registers an application on the spot. */
const NEW = "new";

interface SubscribeFormProps extends SubscribeColumnProps {
  onDone: (applicationId: string, requested: Requested, callsHere: boolean) => void;
  onMade: (made: RegisteredAndRequested) => void;
}

export function SubscribeForm(props: SubscribeFormProps) {
  const { api, products, owners, subscribe, registerAndSubscribe, onDone, onMade } = props;
  const offers = products.flatMap((product) => product.plans.map((plan) => ({ plan, product })));
  const [planId, setPlanId] = useState(offers[0]?.plan.id ?? "");
  const listed = props.applications;
  const [found, setFound] = useState<Subscriber[] | null>(null);
  const [chosen, setChosen] = useState(listed.rows[0]?.id ?? NEW);
  const [picked, setPicked] = useState(listed.rows[0]);
  // What is chosen stays in the list, also when the search holds others.
  const others = found ?? listed.rows;
  const applications = picked && !others.some(({ id }) => id === picked.id) ? [picked, ...others] : others;
  const existing = useActionForm(subscribe, {
    read: (data) => ({ ...wanted(data), applicationId: chosen }),
    onDone: (requested) => onDone(chosen, requested, application?.callsHere ?? false),
  });
  const fresh = useActionForm(registerAndSubscribe, {
    read: (data) => ({ ...wanted(data), organizationId: textOf(data, "organizationId"), name: textOf(data, "name") }),
    onDone: (made) => {
      // The next press is about the application that is there now, and makes no second one.
      setChosen(made.applicationId);
      onMade(made);
    },
  });
  const offer = offers.find((o) => o.plan.id === planId);
  if (!offer) return null;
  const wanted = (data: FormData) => ({
    releaseId: offer.product.releaseId,
    planId: offer.plan.id,
    comment: textOf(data, "comment"),
  });
  const application = applications.find((a) => a.id === chosen);
  const form = application ? existing : fresh;
  const standing = application && standingOf(application, offer.plan, offer.product);
  const who = application?.name ?? "the new application";

  return (
    <form onSubmit={form.onSubmit} noValidate className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
      <PlanChoice offers={offers} value={planId} onChange={setPlanId} />
      {listed.more && (
        <ApplicationSearch listed={listed.rows.length} find={props.findApplications} onFound={setFound} />
      )}
      {applications.length > 0 && (
        <Field label="Application" name="applicationId" error={form.errorOf("applicationId")} hint={standing?.hint}>
          <Select
            value={chosen}
            onChange={(id) => {
              setChosen(id);
              setPicked(applications.find((a) => a.id === id));
            }}
            options={[
              ...applications.map((a) => ({ value: a.id, label: a.label, note: noteOf(a, offer.product) })),
              ...(owners.length > 0 ? [{ value: NEW, label: "New application…", note: "Registered on the spot" }] : []),
            ]}
          />
        </Field>
      )}
      {!application && owners.length > 0 && (
        <>
          <Field label="Name of the application" name="name" error={form.errorOf("name")}>
            <TextInput maxLength={80} />
          </Field>
          <OrganizationField organizations={owners} error={form.errorOf("organizationId")} />
        </>
      )}
      {offer.plan.requiresApproval && (
        <Field label="Note to the reviewer" name="comment" optional hint={`${api.provider} reads it when deciding.`}>
          <TextArea rows={2} maxLength={500} />
        </Field>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-1">
        <Button
          type="submit"
          variant="primary"
          size="lg"
          className="py-2 md:whitespace-normal!"
          busy={form.pending}
          disabled={standing?.refused === true}
        >
          {offer.plan.requiresApproval
            ? `Request ${offer.plan.title} for ${who}`
            : `Subscribe ${who} to ${offer.plan.title}`}
        </Button>
        {offer.plan.requiresApproval && (
          <p className="text-12 text-ink-3">{api.provider} reviews requests. You can withdraw until then.</p>
        )}
      </div>
    </form>
  );
}

const noteOf = (application: Subscriber, product: SubscribeProduct): string => {
  const has = application.has.find((h) => h.productId === product.productId);
  return has ? `${application.organization}, ${has.planTitle} ${has.state}` : application.organization;
};

/** What the request would do, by the same rule that the use case enforces. */
function standingOf(application: Subscriber, plan: SubscribePlan, product: SubscribeProduct) {
  const open = application.has
    .filter((h) => h.productId === product.productId)
    .map((h) => ({ id: h.planId, state: h.state, planId: h.planId, planTitle: h.planTitle }));
  const outcome = requestOutcome(application.name, plan, open);
  const inForce = open.find((o) => o.state === "active");
  if (outcome.kind === "refuse") return { refused: true, hint: outcome.reason };
  if (outcome.kind === "switch")
    return { refused: false, hint: `Has ${outcome.from.planTitle} now. ${plan.title} replaces it at once.` };
  if (inForce) {
    const hint = `Has ${inForce.planTitle} now. ${plan.title} replaces it when approved; no call fails meanwhile.`;
    return { refused: false, hint };
  }
  return { refused: false, hint: undefined };
}
