import type { Actor } from "#lib/access/actor.ts";
import { authorize, mayIn } from "#lib/access/authorize.ts";
import { environmentTitle } from "#lib/credential/credential.rules.ts";
import type { Environment } from "#lib/credential/credential.schema.ts";
import { readReadyCurl } from "#lib/explore/read-ready-curl.ts";
import { paths } from "#lib/paths.ts";
import { serviceIdsOf } from "#lib/service-id/list-service-ids.ts";
import type { ServiceIdDto } from "#lib/service-id/service-id.schema.ts";
import { subscriptionsOf } from "#lib/subscription/list-subscriptions-of-application.ts";
import type { SubscriptionDto } from "#lib/subscription/subscription.schema.ts";
import type { ApplicationCurl, ApplicationDto } from "./application.schema.ts";
import { readApplication } from "./read-application.ts";

export interface ApplicationPage {
  application: ApplicationDto;
  subscriptions: SubscriptionDto[];
  /** There are more subscriptions than these. */
  moreSubscriptions: boolean;
  /** Environments of its subscriptions in which no credential of it works. */
  missing: { environment: Environment; api: string }[];
  /** APIs of its subscriptions, once each: what a credential can be narrowed to. */
  apis: { id: string; title: string }[];
  serviceIds: ServiceIdDto[];
  may: { write: boolean; credentials: boolean; subscribe: boolean };
  summary: { worksIn: string; activeSubscriptions: number; activeCredentials: number };
  /** A command for one of the APIs that it may call; null while there is none. */
  curl: ApplicationCurl | null;
}

/** All that an application's page shows (S21, S27): `api` and `operation` choose what the command calls. */
export async function openApplication(
  actor: Actor,
  input: { applicationId: string; api?: string; operation?: string },
): Promise<ApplicationPage> {
  const permit = authorize(actor, "application:read");
  const application = await readApplication(actor, { applicationId: input.applicationId });
  const { rows: subscriptions, more } = await subscriptionsOf(permit, input.applicationId);
  const organizationId = application.organization.id;
  const active = application.credentials.filter((c) => c.state === "active");
  const environments = [...new Set(active.map((c) => c.environment))];
  return {
    application,
    subscriptions,
    moreSubscriptions: more,
    missing: missingEnvironments(subscriptions, environments),
    apis: [
      ...new Map(subscriptions.flatMap((s) => (s.retired ? [] : s.apis)).map((api) => [api.id, api])).values(),
    ].map(({ id, title, version }) => ({ id, title: `${title} ${version}` })),
    serviceIds: await serviceIdsOf(permit, input.applicationId),
    may: {
      write: mayIn(actor, "application:write", organizationId),
      credentials: mayIn(actor, "credential:write", organizationId),
      subscribe: mayIn(actor, "subscription:request", organizationId),
    },
    summary: {
      worksIn: environments.map((e) => environmentTitle[e]).join(" and ") || "Nowhere: no credential",
      activeSubscriptions: subscriptions.filter((s) => s.state === "active").length,
      activeCredentials: active.length,
    },
    curl: await curlFor(subscriptions, input),
  };
}

function missingEnvironments(subscriptions: SubscriptionDto[], has: Environment[]): ApplicationPage["missing"] {
  const open = subscriptions.filter(
    (s) => (s.state === "active" || s.state === "pending") && !has.includes(s.catalog.kind),
  );
  const byEnvironment = new Map(open.map((s) => [s.catalog.kind, s.apis[0]?.title ?? s.product.title]));
  return [...byEnvironment].map(([environment, api]) => ({ environment, api }));
}

async function curlFor(
  subscriptions: SubscriptionDto[],
  chosen: { api?: string; operation?: string },
): Promise<ApplicationCurl | null> {
  const callable = subscriptions
    .filter((s) => s.state === "active" && !s.product.retired)
    .flatMap(({ apis, catalog }) =>
      apis.map(({ ref, title, version }) => ({
        ref,
        value: Object.values(ref).join("/"),
        label: `${title} ${version}, ${catalog.title}`,
      })),
    );
  const picked = callable.find((c) => c.value === chosen.api) ?? callable[0];
  const ready = picked && (await readReadyCurl(picked.ref, chosen.operation));
  if (!ready) return null;
  return {
    ...{ operation: ready.operation, command: ready.command, needsSecret: ready.needsSecret },
    apis: callable.map(({ value, label }) => ({ value, label })),
    api: picked.value,
    moreOperations: ready.more,
    operations: ready.operations.map(({ key, method, path }) => ({ key, method, path })),
    exploreHref: paths.exploreOperation(picked.ref, ready.operation),
  };
}
