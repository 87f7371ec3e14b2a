import { call } from "./client.ts";

export const API_KEY_GRANT = "urn:ibm:params:oauth:grant-type:apikey";

export const basic = (clientId: string, secret: string): [string, string] => [
  "Authorization",
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}`,
];

export const bearer = (token: string): [string, string] => ["Authorization", `Bearer ${token}`];

/** Asks the token endpoint, with the form as an application would send it. */
export function askToken(
  form: Record<string, string> | string,
  headers: [string, string][] = [],
  base?: string,
): ReturnType<typeof call> {
  const body = typeof form === "string" ? form : new URLSearchParams(form).toString();
  const type: [string, string] = ["Content-Type", "application/x-www-form-urlencoded"];
  return call("/oidc/token", { method: "POST", headers: [type, ...headers], body }, base);
}

/** A token for a client ID and its secret. */
export async function tokenFor(client: { clientId: string; secret: string }, base?: string): Promise<string> {
  const answer = await askToken({ grant_type: "client_credentials" }, [basic(client.clientId, client.secret)], base);
  return answer.json.access_token;
}

/** One of the first two parts of a token. */
export const partOf = (token: string, part: 0 | 1) =>
  JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString("utf8"));
