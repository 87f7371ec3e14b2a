import { apiKeyClientId, isApiKeyShape } from "#lib/crypto/api-key.ts";
import { TOKEN_SECONDS, TOKEN_SECONDS_MAX } from "./token.rules.ts";
import type { TokenRefusal } from "./token-answer.ts";

/** A request to the token endpoint, as it came. */
export interface TokenRequest {
  contentType: string;
  /** Value of Authorization, "" when there is none. */
  authorization: string;
  body: string;
}

/** What a request asks for, with the credential that it shows. */
export interface TokenWish {
  grant: "client_credentials" | "apikey";
  clientId: string;
  /** Client secret or API key. */
  secret: string;
  seconds: number;
  scope: string[];
}

/** X15: what clients of IBM Cloud send. */
export const API_KEY_GRANT = "urn:ibm:params:oauth:grant-type:apikey";
const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

const invalid = (description: string): TokenRefusal => ({ error: "invalid_request", description });

/** Reads a request; a refusal when it is not one that RFC 6749 allows. Nothing is looked up yet. */
export function readTokenRequest(request: TokenRequest): TokenWish | TokenRefusal {
  if (!FORM.test(request.contentType)) return invalid("The body must be application/x-www-form-urlencoded");
  const form = readForm(request.body);
  if (!form) return invalid("A parameter is given more than once");
  const grantType = form.get("grant_type");
  if (grantType === undefined) return invalid("grant_type is missing");
  const seconds = readSeconds(form.get("expires_in"));
  if (seconds === undefined) return invalid(`expires_in is a number of seconds from 1 to ${TOKEN_SECONDS_MAX}`);
  const scope = (form.get("scope") ?? "").split(" ").filter((word) => word !== "");
  if (grantType === "client_credentials") {
    const pair = readPair(request.authorization, form);
    if ("error" in pair) return pair;
    if (isApiKeyShape(pair.secret)) return invalid(`An API key is for grant_type ${API_KEY_GRANT}`);
    return { grant: "client_credentials", ...pair, seconds, scope };
  }
  if (grantType !== API_KEY_GRANT) {
    return { error: "unsupported_grant_type", description: `Use client_credentials or ${API_KEY_GRANT}` };
  }
  if (request.authorization !== "") return invalid("The API key stands alone, without Authorization");
  const apiKey = form.get("apikey");
  if (apiKey === undefined) return invalid("apikey is missing");
  // Without the shape of ours: an ID that nobody has, so that it is looked up and compared all the same.
  return { grant: "apikey", clientId: apiKeyClientId(apiKey) ?? "", secret: apiKey, seconds, scope };
}

/** Parameters without a value count as left out; undefined when one comes twice (RFC 6749 3.2). */
function readForm(body: string): Map<string, string> | undefined {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (form.has(name)) return undefined;
    form.set(name, value);
  }
  for (const [name, value] of form) if (value === "") form.delete(name);
  return form;
}

function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return TOKEN_SECONDS;
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= TOKEN_SECONDS_MAX ? seconds : undefined;
}

/** Client ID and secret from Basic or from the body, never from both (RFC 6749 2.3). */
function readPair(
  authorization: string,
  form: ReadonlyMap<string, string>,
): { clientId: string; secret: string } | TokenRefusal {
  const [clientId, secret] = [form.get("client_id"), form.get("client_secret")];
  if (authorization === "") {
    // No authentication at all is a failed one (RFC 6749 5.2), whichever half is missing.
    if (clientId === undefined) return wrongClient("client_id is missing");
    return secret === undefined ? wrongClient("client_secret is missing") : { clientId, secret };
  }
  const basic = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization)?.[1];
  const text = basic === undefined ? "" : Buffer.from(basic, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return wrongClient("Authorization holds no client ID and secret as Basic");
  // Each half is form-encoded before Basic (RFC 6749 2.3.1); clients that leave that out send what it does not change.
  const pair = { clientId: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) };
  // The ID alone may stand in the body as well, as long as it is the same.
  if (secret !== undefined || (clientId !== undefined && clientId !== pair.clientId)) {
    return invalid("The client ID and secret are given in more than one way");
  }
  return pair;
}

/** The text behind application/x-www-form-urlencoded; as it is where it is no such text. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** RFC 6749 5.2 wants 401 and the challenge where Basic was tried; RFC 9110 wants it with every 401. */
export const wrongClient = (description: string): TokenRefusal => ({
  error: "invalid_client",
  description,
  status: 401,
  headers: { "WWW-Authenticate": 'Basic realm="portico", charset="UTF-8"' },
});
