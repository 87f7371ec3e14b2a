"use server";

import { withAction } from "#app/_server/with-action.ts";
import { listSubscribers } from "#lib/subscription/list-subscribers.ts";
import { registerAndSubscribe } from "#lib/subscription/register-and-subscribe.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";
import {
  type FindSubscribersInput,
  findSubscribersInput,
  type RegisterAndSubscribeInput,
  type RequestSubscriptionInput,
  registerAndSubscribeInput,
  requestSubscriptionInput,
} from "#lib/subscription/subscription.schema.ts";

const subscribe = withAction(requestSubscriptionInput, requestSubscription);
const find = withAction(findSubscribersInput, listSubscribers);
const registerThenSubscribe = withAction(registerAndSubscribeInput, registerAndSubscribe);

/** An application that is there asks for a plan. */
export async function subscribeAction(input: RequestSubscriptionInput) {
  return subscribe(input);
}

/** A new application asks for a plan; the answer holds its first secret. */
export async function registerAndSubscribeAction(input: RegisterAndSubscribeInput) {
  return registerThenSubscribe(input);
}

/** The person's applications whose name holds `q`, for the subscribe column. */
export async function findSubscribersAction(target: Omit<FindSubscribersInput, "q">, q: string) {
  return find({ ...target, q });
}
