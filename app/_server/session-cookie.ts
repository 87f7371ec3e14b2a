import "server-only";
import { cookies } from "next/headers";
import { encode } from "next-auth/jwt";
import { env, installationSecrets } from "#lib/env.ts";
import { SESSION_DAYS } from "#lib/identity/sign-in.ts";

/** As next-auth names it, which reads it. */
const isSecure = (): boolean => env().PORTAL_URL.startsWith("https:");
const cookieName = (): string => `${isSecure() ? "__Secure-" : ""}next-auth.session-token`;

/** Gives the browser the cookie of a session that was just opened for it. In actions and route handlers only. */
export async function setSessionCookie(sid: string): Promise<void> {
  const maxAge = SESSION_DAYS * 86_400;
  const token = await encode({ token: { sid }, secret: installationSecrets().SESSION_SECRET, maxAge });
  (await cookies()).set(cookieName(), token, {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: isSecure(),
    maxAge,
  });
}

/** Takes the cookie of a session that has ended away. */
export async function clearSessionCookie(): Promise<void> {
  (await cookies()).delete({ name: cookieName(), path: "/", secure: isSecure() });
}
