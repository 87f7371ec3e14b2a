import type { Environment } from "#lib/credential/credential.schema.ts";

/** Service IDs of one application, and active keys of one service ID: enough to rotate each without an outage (S129). */
export const serviceIdsMax = 20;
export const activeKeysMax = 10;

/** `key.env` as a shell and most libraries read it; no value of ours needs quoting. */
export const toApiKeyEnvFile = ({ apiKey }: { apiKey: string }): string => `API_KEY=${apiKey}\n`;

export const toApiKeyJsonFile = (key: { name: string; environment: Environment; apiKey: string }): string =>
  `${JSON.stringify({ name: key.name, environment: key.environment, apiKey: key.apiKey }, null, 2)}\n`;
