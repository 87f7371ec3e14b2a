import { createHash, randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { getToken } from "next-auth/jwt";
import { themeScript } from "#components/shell/theme-script.ts";
import { env, installationSecrets, namesThisMachine } from "#lib/env.ts";
import { log } from "#lib/log.ts";
import { FOREIGN_ORIGIN, isOwnOrigin, PATH_HEADER } from "#lib/net/own-origin.ts";
import { paths } from "#lib/paths.ts";

// What every answer of a page has, and what no request may get past. No authorization is here: pages, actions, routes and
// use cases each ask for themselves, because a proxy of Next's has been got round before (security.md).

/** A server action's arguments: Next's own bound. Beyond it the body is not taken in, whoever sends it. */
const ACTION_BYTES_MAX = 1024 * 1024;
/** Of somebody who has not signed in, who can make an account and no more: what a megabyte costs to take apart is for members. */
const STRANGERS_ACTION_BYTES_MAX = 64 * 1024;

const themeHash = createHash("sha256").update(themeScript).digest("base64");

/** Scripts run by the answer's nonce, by the one hash, or as files of ours; no page asks a foreign host for anything. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'sha256-${themeHash}'${process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

const refused = (status: number, text: string, headers: Record<string, string> = {}): NextResponse =>
  new NextResponse(text, {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", ...headers },
  });

/** What a request that may change something is refused for, before its body is read; null when it may pass. */
async function refusalOf(request: NextRequest): Promise<NextResponse | null> {
  const { method, headers, nextUrl } = request;
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return null;
  // Next lets a server action without an Origin pass; we do not (T25). The action itself asks again.
  if (!isOwnOrigin(headers.get("origin"))) {
    log.warn({ event: "request.refused", on: nextUrl.pathname.slice(0, 300), code: "FOREIGN_ORIGIN" }, "refused");
    return refused(403, FOREIGN_ORIGIN(new URL(env().PORTAL_URL).origin));
  }
  // Also of what came in chunks: scripts/portal-bodies.ts has taken it in, and says how long it is.
  const bytes = Number(headers.get("content-length") ?? 0);
  if (bytes > ACTION_BYTES_MAX) return refused(413, "The body is larger than 1 MB.");
  if (bytes > STRANGERS_ACTION_BYTES_MAX && !(await isSignedIn(request))) {
    return refused(413, "The body is larger than 64 KB. Sign in to send more.");
  }
  const isRoute = nextUrl.pathname.startsWith("/api/") || nextUrl.pathname === paths.signInForm();
  if (isRoute || (method === "POST" && headers.has("next-action"))) return null;
  // A page takes no forms but those of its own scripts.
  return refused(405, "This form needs JavaScript. Switch it on in your browser, and send the form again.", {
    Allow: "GET, HEAD",
  });
}

/** Whether the cookie is one that the portal made. Whether its session still lasts is asked by what is called. */
const isSignedIn = async (req: NextRequest): Promise<boolean> =>
  (await getToken({ req, secret: installationSecrets().SESSION_SECRET })) !== null;

export async function proxy(request: NextRequest): Promise<NextResponse> {
  const refusal = await refusalOf(request);
  const nonce = randomBytes(18).toString("base64");
  const policy = policyOf(nonce);
  const given = new Headers(request.headers);
  // Next puts the nonce that it finds here on its scripts. Both are ours alone to set.
  given.set("content-security-policy", policy);
  given.set(PATH_HEADER, request.nextUrl.pathname);
  const answer = refusal ?? NextResponse.next({ request: { headers: given } });
  answer.headers.set("Content-Security-Policy", policy);
  const { pathname } = request.nextUrl;
  // A form that is posted without scripts shows its Origin under this policy only; foreign sites learn nothing either way.
  if (pathname === paths.signIn()) answer.headers.set("Referrer-Policy", "same-origin");
  const { PORTAL_URL } = env();
  const isHttps = PORTAL_URL.startsWith("https:");
  if (isHttps) answer.headers.set("Strict-Transport-Security", "max-age=31536000");
  // A page that opened ours, or that ours opened, holds no handle on it. Over plain http from elsewhere a browser ignores
  // the header and complains of it on each page.
  if (isHttps || namesThisMachine(PORTAL_URL)) answer.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  return answer;
}

export const config = {
  // Not the static files, and not the routes that take large bodies: Next would keep a copy of each body for the proxy.
  // Those routes ask for Origin, session and budget themselves (with-route.ts).
  matcher: [
    "/((?!_next/static|_next/image|mark\\.svg|favicon\\.ico|oidc/|\\.well-known/|api/explore/|provider/[^/]+/drafts/apis/(?:import/run|[^/]+/(?:preview|save|source|test-call))$).*)",
  ],
};
