import { clientAddress } from "#app/_server/client-address.ts";
import { withRoute } from "#app/_server/with-route.ts";
import { exchangeInPortal } from "#lib/token/exchange-in-portal.ts";

/** The token endpoint, for programs (gateway.md part 5): who is signed in does not matter, so another site gains nothing (T25). */
export function POST(request: Request): Promise<Response> {
  return withRoute(async () => {
    const { status, headers, body } = await exchangeInPortal({
      contentType: request.headers.get("content-type") ?? "",
      authorization: request.headers.get("authorization") ?? "",
      address: clientAddress(request.headers),
      body: request.body,
    });
    return new Response(body, { status, headers });
  });
}
