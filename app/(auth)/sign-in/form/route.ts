import { bodyOwner } from "#app/_server/body-owner.ts";
import { safeNext } from "#app/_server/next-path.ts";
import { setSessionCookie } from "#app/_server/session-cookie.ts";
import { currentVisitor } from "#app/_server/visitor.ts";
import { requireSameOrigin, withRoute } from "#app/_server/with-route.ts";
import { anonymous } from "#lib/access/actor.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { signInInput } from "#lib/identity/identity.schema.ts";
import { signIn } from "#lib/identity/sign-in.ts";
import { withRequestText } from "#lib/net/request-text.ts";
import { paths } from "#lib/paths.ts";

const FORM_BYTES_MAX = 16_384;

const leadTo = (path: string): Response =>
  new Response(null, { status: 303, headers: { Location: path, "Cache-Control": "no-store" } });

/** Where the form of the sign-in page goes without scripts. A refusal leads back to the page, which says it. */
export function POST(request: Request): Promise<Response> {
  return withRoute(async () => {
    // The exact Origin, also against a sign-in as somebody else (login CSRF).
    requireSameOrigin(request);
    const owner = bodyOwner(anonymous, request);
    const form = await withRequestText(request, owner, FORM_BYTES_MAX, (text) => new URLSearchParams(text ?? ""));
    const next = safeNext(form.get("next") ?? undefined, paths.home());
    const input = signInInput.safeParse({ email: form.get("email") ?? "", password: form.get("password") ?? "" });
    if (!input.success) return leadTo(paths.signInRefused(next, "INPUT_INVALID"));
    try {
      const { sessionId } = await signIn(input.data, await currentVisitor());
      await setSessionCookie(sessionId);
      return leadTo(next);
    } catch (error) {
      if (error instanceof AppError) return leadTo(paths.signInRefused(next, error.code));
      throw error;
    }
  });
}
