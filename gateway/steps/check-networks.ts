import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";

/** Holds the call against the address lists of the API and of the credential: 403 NETWORK_NOT_ALLOWED. */
export function checkNetworks({ api, credential, authenticated, clientAddress }: Call): Refused | undefined {
  if (api?.networks && !api.networks.has(clientAddress)) return refuse("NETWORK_NOT_ALLOWED", "network-of-api");
  if (authenticated && credential?.networks && !credential.networks.has(clientAddress)) {
    return refuse("NETWORK_NOT_ALLOWED", "network-of-credential");
  }
  return undefined;
}
