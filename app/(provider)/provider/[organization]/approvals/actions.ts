"use server";

import { withAction } from "#app/_server/with-action.ts";
import { decideSubscription } from "#lib/subscription/decide-subscription.ts";
import { type DecideSubscriptionInput, decideSubscriptionInput } from "#lib/subscription/subscription.schema.ts";

const decide = withAction(decideSubscriptionInput, (actor, input) => decideSubscription(actor, input));

export async function decideSubscriptionAction(input: DecideSubscriptionInput) {
  return decide(input);
}
