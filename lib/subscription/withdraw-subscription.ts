import type { Actor } from "#lib/access/actor.ts";
import { type EndedSubscription, endSubscription } from "./end-subscription.ts";
import type { SubscriptionRef } from "./subscription.schema.ts";

/** Takes back a request that nobody has decided yet; what is in force beside it stays. */
export const withdrawSubscription = (actor: Actor, input: SubscriptionRef): Promise<EndedSubscription> =>
  endSubscription(actor, input, "withdraw");
