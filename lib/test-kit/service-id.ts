import { newApiKey } from "#lib/crypto/api-key.ts";
import { newClientId, newId } from "#lib/ids.ts";
import { addSecret, change } from "./gateway-fixture.ts";

export interface FixtureApiKey {
  /** Of its credential. */
  id: string;
  serviceIdId: string;
  clientId: string;
  apiKey: string;
}

/** A service ID of an application with one API key, allowed to call the APIs (definitions). */
export async function makeServiceId(
  applicationId: string,
  apiDefinitionIds: string[],
  environment: "sandbox" | "production" = "sandbox",
): Promise<FixtureApiKey> {
  const [id, serviceIdId, clientId] = [newId(), newId(), newClientId()];
  const apiKey = newApiKey(environment, clientId);
  await change("credential", id, async (tx) => {
    await tx.serviceId.create({ data: { id: serviceIdId, applicationId, name: serviceIdId } });
    const policy = apiDefinitionIds.map((apiDefinitionId) => ({ serviceIdId, apiDefinitionId }));
    await tx.serviceIdApi.createMany({ data: policy });
    const own = { kind: "service", serviceIdId, environment } as const;
    await tx.credential.create({ data: { id, applicationId, clientId, name: "fixture", ...own } });
    await addSecret(tx, id, clientId, apiKey);
  });
  return { id, serviceIdId, clientId, apiKey };
}
