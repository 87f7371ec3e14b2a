export type SubscriptionState = "pending" | "active" | "suspended" | "rejected" | "cancelled";

/** How a state reads, whether calls pass, and what the developer and the provider may do with it. */
export const subscriptionStates = {
  pending: { title: "Pending", callsPass: false, withdraw: true, cancel: false, decide: true },
  active: { title: "Active", callsPass: true, withdraw: false, cancel: true, decide: false },
  suspended: { title: "Suspended", callsPass: false, withdraw: false, cancel: true, decide: false },
  rejected: { title: "Rejected", callsPass: false, withdraw: false, cancel: false, decide: false },
  cancelled: { title: "Cancelled", callsPass: false, withdraw: false, cancel: false, decide: false },
} as const satisfies Record<
  SubscriptionState,
  { title: string; callsPass: boolean; withdraw: boolean; cancel: boolean; decide: boolean }
>;

export type SubscriptionAction = "withdraw" | "cancel" | "decide";

export const subscriptionCan = (action: SubscriptionAction, state: SubscriptionState): boolean =>
  subscriptionStates[state][action];

interface PlanChoice {
  id: string;
  title: string;
  requiresApproval: boolean;
}

/** The subscriptions of an application to the product in the catalog that are in force or waiting, with their plan's title. */
export interface OpenSubscription {
  id: string;
  state: "pending" | "active" | "suspended";
  planId: string;
  planTitle: string;
}

/** What asking for a plan comes to: `refuse` says why not; the others are what the request would do. */
export type RequestOutcome =
  | { kind: "refuse"; reason: string }
  | { kind: "start" }
  | { kind: "ask" }
  | { kind: "switch"; from: OpenSubscription };

/**
 * Decides a request (X10: one plan of a product for an application). A plan that asks for approval waits beside the
 * one in force, so that no call fails meanwhile; another plan replaces the one in force at once.
 */
export function requestOutcome(
  application: string,
  plan: PlanChoice,
  open: readonly OpenSubscription[],
): RequestOutcome {
  const waiting = open.find((s) => s.state === "pending");
  if (waiting) {
    const same = waiting.planId === plan.id ? "has asked for it already" : `waits for ${waiting.planTitle}`;
    return { kind: "refuse", reason: `${application} ${same}. Withdraw that request to ask anew.` };
  }
  const inForce = open.find((s) => s.state !== "pending");
  if (inForce?.state === "suspended") {
    return { kind: "refuse", reason: `${application}'s subscription to ${inForce.planTitle} is suspended.` };
  }
  if (inForce?.planId === plan.id) return { kind: "refuse", reason: `${application} has ${plan.title} already.` };
  if (plan.requiresApproval) return { kind: "ask" };
  return inForce ? { kind: "switch", from: inForce } : { kind: "start" };
}
