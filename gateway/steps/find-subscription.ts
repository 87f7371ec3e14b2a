import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import type { GatewaySubscription } from "#gateway/snapshot/model.ts";

/**
 * Finds the subscription through which the application may call this API in this catalog: 403 APPLICATION_SUSPENDED
 * (the application, or the only subscription), 403 NOT_SUBSCRIBED (also when the credential's scope leaves the API out). A call without credentials needs none.
 */
export function findSubscription(call: Call): Refused | undefined {
  const { api, credential } = call;
  call.admitted = true;
  if (!call.authenticated || !api || !credential) return undefined;
  const { snapshot } = call.gateway;
  if (snapshot.applications.get(credential.applicationId)?.suspended !== false) {
    return refuse("APPLICATION_SUSPENDED", "application-suspended");
  }
  if (credential.scope && !credential.scope.has(api.apiDefinitionId)) return refuse("NOT_SUBSCRIBED", "out-of-scope");
  let other: GatewaySubscription["state"] | undefined;
  for (const subscription of snapshot.subscriptionsOf(credential.applicationId)) {
    if (!snapshot.covers(subscription, api.id)) continue;
    if (subscription.state === "active") {
      call.subscription = subscription;
      return undefined;
    }
    if (other !== "suspended") other = subscription.state;
  }
  if (other === "suspended") return refuse("APPLICATION_SUSPENDED", "subscription-suspended");
  return refuse("NOT_SUBSCRIBED", other === "pending" ? "subscription-pending" : "no-subscription");
}
