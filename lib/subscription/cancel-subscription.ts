import type { Actor } from "#lib/access/actor.ts";
import { type EndedSubscription, endSubscription } from "./end-subscription.ts";
import type { SubscriptionRef } from "./subscription.schema.ts";

/** Ends a subscription in force: the application's calls to the product's APIs are refused from then on. */
export const cancelSubscription = (actor: Actor, input: SubscriptionRef): Promise<EndedSubscription> =>
  endSubscription(actor, input, "cancel");
