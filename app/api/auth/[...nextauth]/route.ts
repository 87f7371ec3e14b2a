import { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptions } from "#app/_server/auth.ts";
import { bodyOwner } from "#app/_server/body-owner.ts";
import { clearSessionCookie } from "#app/_server/session-cookie.ts";
import { requireSameOrigin, withRoute } from "#app/_server/with-route.ts";
import { anonymous } from "#lib/access/actor.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import { withRequestText } from "#lib/net/request-text.ts";

type Context = RouteContext<"/api/auth/[...nextauth]">;

/** What our own forms ask of next-auth. Its pages, its log for browsers and whatever it brings later stay closed. */
const OPEN = {
  GET: new Set(["csrf", "session", "providers"]),
  POST: new Set(["callback/credentials", "signout"]),
};
const FORM_BYTES_MAX = 16_384;

const pathOf = async ({ params }: Context): Promise<string> => (await params).nextauth.join("/");

export function GET(request: NextRequest, context: Context): Promise<Response> {
  return withRoute(async (actor) => {
    const path = await pathOf(context);
    if (!OPEN.GET.has(path)) throw notFound();
    // next-auth would give a session that has ended a fresh cookie.
    if (path === "session" && actor.kind !== "user") {
      await clearSessionCookie();
      return Response.json({}, { headers: { "Cache-Control": "no-store" } });
    }
    return NextAuth(authOptions())(request, context);
  });
}

export function POST(request: NextRequest, context: Context): Promise<Response> {
  return withRoute(async () => {
    if (!OPEN.POST.has(await pathOf(context))) throw notFound();
    requireSameOrigin(request);
    const body = await withRequestText(request, bodyOwner(anonymous, request), FORM_BYTES_MAX, (text) => {
      if (text === null) throw new AppError("INPUT_INVALID", { detail: "The form is larger than 16 kB." });
      return text;
    });
    const { url, headers, method } = request;
    const answer: Response = await NextAuth(authOptions())(new NextRequest(url, { method, headers, body }), context);
    // Without its token next-auth leads to a page of its own.
    const leads = `${answer.headers.get("location") ?? ""} ${answer.headers.get("content-type") ?? ""}`;
    if (leads.includes("csrf=true") || (await saysCsrf(answer))) {
      throw new AppError("FORBIDDEN", { detail: "The form is out of date. Load the page again." });
    }
    return answer;
  }, request);
}

const saysCsrf = async (answer: Response): Promise<boolean> =>
  (answer.headers.get("content-type") ?? "").startsWith("application/json") &&
  (await answer.clone().text()).includes("csrf=true");
