"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { SecretDialog } from "#components/credential/secret-dialog.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import type { Environment, ShownOnce } from "#lib/credential/credential.schema.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import type { Part } from "#lib/page.rules.ts";
import { paths } from "#lib/paths.ts";
import type { PlanLimits } from "#lib/product/plan.rules.ts";
import type {
  RegisterAndSubscribeInput,
  RequestSubscriptionInput,
  Subscriber,
} from "#lib/subscription/subscription.schema.ts";
import type { FindApplications } from "./application-search.tsx";
import { SubscribeForm } from "./subscribe-form.tsx";
import { SubscribedNote } from "./subscribed-note.tsx";

export interface SubscribePlan extends PlanLimits {
  id: string;
  title: string;
  requiresApproval: boolean;
}
export interface SubscribeProduct {
  releaseId: string;
  productId: string;
  title: string;
  version: string;
  plans: SubscribePlan[];
}

/** What a request came to. */
export interface Requested {
  state: "pending" | "active";
  application: string;
  plan: string;
  replaced: string | null;
  live: LiveState;
}
export interface RegisteredAndRequested {
  applicationId: string;
  name: string;
  credential: ShownOnce;
  subscription: Requested;
}

export interface SubscribeColumnProps {
  api: { title: string; provider: string; catalog: string; environment: Environment; exploreHref: string };
  products: SubscribeProduct[];
  /** The person's applications, or the newest of them; none for someone who has not signed in. */
  applications: Part<Subscriber>;
  findApplications: FindApplications<Subscriber>;
  /** Organizations in which a new application may be registered on the spot. */
  owners: { id: string; name: string }[];
  signedIn: boolean;
  signInHref: string;
  signUpHref: string;
  subscribe: (input: RequestSubscriptionInput) => Promise<ActionAnswer<Requested>>;
  registerAndSubscribe: (input: RegisterAndSubscribeInput) => Promise<ActionAnswer<RegisteredAndRequested>>;
}

/** The column beside an API: plan, application, one button that says what it does (S19, S20). */
export function SubscribeColumn(props: SubscribeColumnProps) {
  const { api, products, signedIn, signInHref, signUpHref } = props;
  const router = useRouter();
  const [done, setDone] = useState<{ applicationId: string; requested: Requested; callsHere: boolean }>();
  const [made, setMade] = useState<RegisteredAndRequested>();
  const plans = products.flatMap((product) => product.plans);

  return (
    <section
      aria-label={`Subscribe to ${api.title}`}
      className="grid grid-cols-[minmax(0,1fr)] gap-4 rounded-2 border border-t-[3px] border-line border-t-ink bg-surface p-4"
    >
      <div>
        <h2 className="text-17 font-650">Subscribe</h2>
        <p className="text-ink-2">
          The subscription belongs to an application. Its credentials for {api.catalog} work for this API from then on.
        </p>
      </div>
      {plans.length === 0 ? (
        <p className="text-ink-2">No plan is offered at the moment.</p>
      ) : !signedIn ? (
        <div className="grid gap-2">
          <p className="text-ink-2">You need an account, and an application that will call the API.</p>
          <LinkButton variant="primary" size="lg" href={signInHref}>
            Sign in to subscribe
          </LinkButton>
          <LinkButton href={signUpHref}>Create an account</LinkButton>
        </div>
      ) : props.applications.rows.length === 0 && props.owners.length === 0 ? (
        <div className="grid gap-2">
          <p className="text-ink-2">
            An application belongs to an organization that uses APIs. Yours do not, or your role there allows reading
            only.
          </p>
          <LinkButton href={paths.newOrganization()}>Create an organization</LinkButton>
        </div>
      ) : (
        <SubscribeForm
          {...props}
          onDone={(applicationId, requested, callsHere) => {
            setDone({ applicationId, requested, callsHere });
            router.refresh();
          }}
          onMade={setMade}
        />
      )}
      {done && (
        <SubscribedNote {...done} api={api} callsHere={done.callsHere || made?.applicationId === done.applicationId} />
      )}
      {made && done?.applicationId !== made.applicationId && (
        <SecretDialog
          shown={made.credential}
          name={made.name}
          onDone={() => {
            setDone({ applicationId: made.applicationId, requested: made.subscription, callsHere: true });
            router.refresh();
          }}
        />
      )}
    </section>
  );
}
