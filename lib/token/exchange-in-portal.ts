import { type Clock, systemClock } from "#lib/clock.ts";
import { recordCredentialUse } from "#lib/credential/record-credential-use.ts";
import { pepper } from "#lib/crypto/keys.ts";
import { db } from "#lib/db/client.ts";
import { readText } from "#lib/net/read-text.ts";
import { exchangeToken, type TokenHolder } from "./exchange-token.ts";
import { readSigningKeys } from "./read-signing-keys.ts";
import { TOKEN_REQUEST_BYTES_MAX } from "./token.rules.ts";
import { type TokenAnswer, tokenRefused } from "./token-answer.ts";

/** The token endpoint of the portal: the same exchange as the gateways', on the database in place of a snapshot. */
export async function exchangeInPortal(
  request: { contentType: string; authorization: string; body: AsyncIterable<Uint8Array> | null },
  clock: Clock = systemClock,
): Promise<TokenAnswer> {
  const body = await readText(request.body, TOKEN_REQUEST_BYTES_MAX);
  if (body === null) {
    return tokenRefused({ error: "invalid_request", description: "The body is too long", status: 413 });
  }
  const now = clock();
  const keys = await readSigningKeys(clock);
  const { answer, holderId, failed } = await exchangeToken({ ...request, body }, findHolder, keys, now.getTime());
  if (holderId && !failed) await recordCredentialUse(new Map([[holderId, now]]));
  return answer;
}

async function findHolder(clientId: string): Promise<TokenHolder | undefined> {
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
