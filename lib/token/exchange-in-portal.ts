import { type Clock, systemClock } from "#lib/clock.ts";
import { recordCredentialUse } from "#lib/credential/record-credential-use.ts";
import { pepper } from "#lib/crypto/keys.ts";
import { db } from "#lib/db/client.ts";
import { type Budget, takeAttempt } from "#lib/identity/attempts.ts";
import { subjectOf } from "#lib/net/address-subject.ts";
import { readText } from "#lib/net/read-text.ts";
import { isStorable } from "#lib/text.schema.ts";
import { exchangeToken, type TokenHolder } from "./exchange-token.ts";
import { readSigningKeys } from "./read-signing-keys.ts";
import { TOKEN_REQUEST_BYTES_MAX } from "./token.rules.ts";
import { type TokenAnswer, type TokenRefusal, tokenRefused } from "./token-answer.ts";

/** Failed requests of one network address, as the gateways allow them (T31). A right one is never counted nor refused. */
const FAILURES: Budget = { name: "token", max: 100, windowSeconds: 60 };

/**
 * The token endpoint of the portal: the same exchange as the gateways', on the database in place of a snapshot.
 * `address` is the client's network address; past its budget a failure is 429.
 */
export async function exchangeInPortal(
  request: { contentType: string; authorization: string; address: string; body: AsyncIterable<Uint8Array> | null },
  clock: Clock = systemClock,
): Promise<TokenAnswer> {
  const body = await readText(request.body, TOKEN_REQUEST_BYTES_MAX);
  if (body === null) {
    return tokenRefused({ error: "invalid_request", description: "The body is too long", status: 413 });
  }
  const now = clock();
  const keys = await readSigningKeys(clock);
  const { contentType, authorization } = request;
  const asked = { contentType, authorization, body };
  const { answer, holderId, failed } = await exchangeToken(asked, findHolder, keys, now.getTime());
  if (failed) return countFailure(answer, request.address, now);
  if (holderId) await recordCredentialUse(new Map([[holderId, now]]));
  return answer;
}

/** The refusal, or 429 with the same error of RFC 6749 once the address has failed too often; that is not counted. */
async function countFailure(answer: TokenAnswer, address: string, now: Date): Promise<TokenAnswer> {
  const seconds = await takeAttempt(FAILURES, subjectOf(address), now);
  if (seconds > 0) {
    const { error } = JSON.parse(answer.body) as TokenRefusal;
    return tokenRefused({
      error,
      description: "Too many failed authentications from this address",
      status: 429,
      headers: { "Retry-After": String(seconds) },
    });
  }
  return answer;
}

async function findHolder(clientId: string): Promise<TokenHolder | undefined> {
  // Nobody has an ID that no database could hold (T35); asked for it, Postgres would fail the request.
  if (!isStorable(clientId)) return undefined;
  const { id: pepperId } = pepper();
  const row = await db().credential.findFirst({
    where: { clientId, application: { state: "active" } },
    select: {
      id: true,
      clientId: true,
      applicationId: true,
      environment: true,
      status: true,
      expiresAt: true,
      // A record under another pepper cannot be checked here; it never matches.
      secrets: { where: { verifierKeyId: pepperId }, select: { verifier: true, notAfter: true } },
    },
  });
  if (!row) return undefined;
  const { status, expiresAt, secrets, ...rest } = row;
  return {
    ...rest,
    revoked: status !== "active",
    expiresAtMs: expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
    secrets: secrets.map(({ verifier, notAfter }) => ({
      verifier: Buffer.from(verifier),
      notAfterMs: notAfter?.getTime() ?? Number.POSITIVE_INFINITY,
    })),
  };
}
