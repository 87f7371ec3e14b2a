import type { Environment } from "./credential.schema.ts";

/** Active credentials of one application; enough for one a deployment and a rotation of each. */
export const activeCredentialsMax = 10;

export type CredentialState = "active" | "expired" | "revoked";

export interface CredentialLife {
  status: "active" | "revoked";
  expiresAt: Date | string | null;
}

/** What a credential is at this moment: a passed expiry ends it as a revocation does. */
export function credentialState(credential: CredentialLife, now: Date): CredentialState {
  if (credential.status === "revoked") return "revoked";
  return credential.expiresAt !== null && new Date(credential.expiresAt) <= now ? "expired" : "active";
}

/** What each state allows. `false` holds the reason that the page shows beside the disabled action. */
const allows = {
  active: { revoke: true, resetSecret: true, edit: true },
  expired: { revoke: true, resetSecret: "It has expired. Create a new credential.", edit: true },
  revoked: {
    revoke: "It is revoked already.",
    resetSecret: "It is revoked. Create a new credential.",
    edit: "It is revoked.",
  },
} as const satisfies Record<CredentialState, Record<CredentialAction, true | string>>;

export type CredentialAction = "revoke" | "resetSecret" | "edit";

/** The reason why an action is not possible now, or null when it is. Page and use case ask the same table. */
export function whyNot(action: CredentialAction, credential: CredentialLife, now: Date): string | null {
  const answer: true | string = allows[credentialState(credential, now)][action];
  return answer === true ? null : answer;
}

/** The words for the two kinds of catalog. */
export const environmentTitle: Record<Environment, string> = { sandbox: "Sandbox", production: "Production" };

/** What a credential is narrowed to, in a few words; "" when to nothing. */
export function limitWords({ networks, scope }: { networks: readonly string[]; scope: readonly string[] }): string {
  const count = (list: readonly string[], one: string, many: string) =>
    list.length === 0 ? [] : [`${list.length} ${list.length === 1 ? one : many}`];
  const words = [...count(networks, "network", "networks"), ...count(scope, "API", "APIs")];
  return words.length === 0 ? "" : `Only ${words.join(", ")}`;
}

/** `secrets.env` as a shell and most libraries read it; no value of ours needs quoting. */
export const toEnvFile = (pair: { clientId: string; secret: string }): string =>
  `CLIENT_ID=${pair.clientId}\nCLIENT_SECRET=${pair.secret}\n`;

export const toJsonFile = (pair: { clientId: string; secret: string; name: string; environment: Environment }) =>
  `${JSON.stringify(
    { name: pair.name, environment: pair.environment, clientId: pair.clientId, clientSecret: pair.secret },
    null,
    2,
  )}\n`;

/** A credential's name as the stem of a file name. */
export const fileStem = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "") || "credential";
