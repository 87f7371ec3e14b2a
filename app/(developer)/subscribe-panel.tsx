import "server-only";
import { currentActor } from "#app/_server/actor.ts";
import { SubscribeColumn } from "#components/application/subscribe-column.tsx";
import { listApplicationOwners } from "#lib/application/list-application-owners.ts";
import type { PublishedApiDto } from "#lib/catalog/read-published-api.ts";
import { paths } from "#lib/paths.ts";
import { listSubscribers } from "#lib/subscription/list-subscribers.ts";
import { findSubscribersAction, registerAndSubscribeAction, subscribeAction } from "./subscribe-action.ts";

/** The subscribe column of an API's page, with the applications of the person who looks. */
export async function SubscribePanel({ api }: { api: PublishedApiDto }) {
  const actor = await currentActor();
  const { organization, catalog, products, ref } = api;
  const here = paths.api(ref);
  const target = {
    catalogId: catalog.id,
    environment: catalog.kind,
    productIds: products.map((product) => product.productId),
  };
  const applications = await listSubscribers(actor, target);
  return (
    <SubscribeColumn
      api={{
        title: api.title,
        provider: organization.name,
        catalog: catalog.title,
        environment: catalog.kind,
        exploreHref: paths.exploreApi(ref),
      }}
      products={products}
      applications={applications}
      findApplications={findSubscribersAction.bind(null, target)}
      owners={listApplicationOwners(actor)}
      signedIn={actor.kind === "user"}
      signInHref={paths.signIn(here)}
      signUpHref={paths.signUp(here)}
      subscribe={subscribeAction}
      registerAndSubscribe={registerAndSubscribeAction}
    />
  );
}
