import { connection } from "next/server";
import { withRoute } from "#app/_server/with-route.ts";
import { readSigningKeys } from "#lib/token/read-signing-keys.ts";
import { JWKS_SECONDS } from "#lib/token/token.rules.ts";

/** The public keys of access tokens, for whoever verifies them (RFC 7517). */
export function GET(): Promise<Response> {
  return withRoute(async () => {
    await connection();
    const keys = await readSigningKeys();
    return new Response(keys.jwks(Date.now()), {
      headers: { "Content-Type": "application/jwk-set+json", "Cache-Control": `public, max-age=${JWKS_SECONDS}` },
    });
  });
}
