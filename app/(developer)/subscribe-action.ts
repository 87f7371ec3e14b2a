"use server";

import { withAction } from "#app/_server/with-action.ts";
import { registerAndSubscribe } from "#lib/subscription/register-and-subscribe.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";
import {
  type RegisterAndSubscribeInput,
  type RequestSubscriptionInput,
  registerAndSubscribeInput,
  requestSubscriptionInput,
} from "#lib/subscription/subscription.schema.ts";

const subscribe = withAction(requestSubscriptionInput, requestSubscription);
const registerThenSubscribe = withAction(registerAndSubscribeInput, registerAndSubscribe);

/** An application that is there asks for a plan. */
export async function subscribeAction(input: RequestSubscriptionInput) {
  return subscribe(input);
}

/** A new application asks for a plan; the answer holds its first secret. */
export async function registerAndSubscribeAction(input: RegisterAndSubscribeInput) {
  return registerThenSubscribe(input);
}
