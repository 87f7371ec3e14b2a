import { connection } from "next/server";
import { withRoute } from "#app/_server/with-route.ts";
import { env } from "#lib/env.ts";
import { serverMetadata } from "#lib/token/server-metadata.ts";
import { JWKS_SECONDS } from "#lib/token/token.rules.ts";

/** Where tokens come from, for clients that look it up (RFC 8414). */
export function GET(): Promise<Response> {
  return withRoute(async () => {
    await connection();
    return new Response(serverMetadata(env().PORTAL_URL), {
      headers: { "Content-Type": "application/json", "Cache-Control": `public, max-age=${JWKS_SECONDS}` },
    });
  });
}
