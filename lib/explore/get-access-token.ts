import type { Actor } from "#lib/access/actor.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { AppError, fieldError } from "#lib/errors/app-error.ts";
import { readText } from "#lib/net/read-text.ts";
import { TOKEN_PATH } from "#lib/token/token.rules.ts";
import { API_KEY_GRANT } from "#lib/token/token-request.ts";
import { takeCall } from "./call-budget.ts";
import type { AccessToken, AccessTokenInput } from "./explore.schema.ts";
import { grantExplore } from "./grant-explore.ts";
import type { BuiltRequest } from "./request.rules.ts";
import { sendToGateway } from "./send-to-gateway.ts";

/** An answer of the token endpoint has about 1 KB. */
const ANSWER_BYTES_MAX = 64_000;

/**
 * An access token for the console (W5), from the gateway's own /oidc/token: with Portico's ten-minute credential of an
 * application, whose secret stays here, or with an API key that the person typed. Nothing of it is stored. Throws
 * INPUT_INVALID beside `from.apiKey`, STATE_INVALID when the application is not subscribed or no token came.
 */
export async function getAccessToken(
  actor: Actor,
  { api, from }: AccessTokenInput,
  signal: AbortSignal,
): Promise<AccessToken> {
  takeCall(authorizeSelf(actor).userId);
  const built =
    from.kind === "api-key"
      ? tokenRequest({ grant_type: API_KEY_GRANT, apikey: from.apiKey })
      : await withGrant(actor, api, from.applicationId);
  const { head, body } = await sendToGateway(built, null, signal);
  if (!head.answered) throw noToken("The gateway did not answer, so there is no token.");
  const text = await readText(body, ANSWER_BYTES_MAX);
  if (head.status === 200) return toToken(text);
  if (head.status === 429) {
    throw noToken("Too many tries with a wrong key came from the portal. Try again in a minute.");
  }
  if (from.kind === "api-key" && head.status === 400) {
    throw fieldError(
      "from.apiKey",
      "The gateway does not take this API key: it was mistyped, revoked, or its application is gone.",
    );
  }
  throw noToken(`The gateway gave no token: it answered ${head.status}.`);
}

async function withGrant(actor: Actor, api: AccessTokenInput["api"], applicationId: string): Promise<BuiltRequest> {
  const { clientId, secret } = await grantExplore(actor, { api, applicationId });
  const basic = Buffer.from(`${clientId}:${secret}`).toString("base64");
  return tokenRequest({ grant_type: "client_credentials" }, [["Authorization", `Basic ${basic}`]]);
}

const tokenRequest = (form: Record<string, string>, headers: [string, string][] = []): BuiltRequest => ({
  method: "POST",
  path: TOKEN_PATH,
  query: [],
  headers: [["Content-Type", "application/x-www-form-urlencoded"], ...headers],
  body: new URLSearchParams(form).toString(),
});

const noToken = (detail: string): AppError => new AppError("STATE_INVALID", { detail });

function toToken(text: string | null): AccessToken {
  const { access_token: accessToken, expires_in: expiresInSeconds } = JSON.parse(text ?? "{}") as Record<
    string,
    unknown
  >;
  if (typeof accessToken !== "string" || typeof expiresInSeconds !== "number") {
    throw noToken("The gateway’s answer has no token in it.");
  }
  return { accessToken, expiresInSeconds };
}
