import "server-only";
import { connection } from "next/server";
import type { AuthOptions, Session } from "next-auth";
import { getServerSession } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { installationSecrets } from "#lib/env.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { endSession } from "#lib/identity/end-session.ts";
import { signInInput } from "#lib/identity/identity.schema.ts";
import { SESSION_DAYS, signIn } from "#lib/identity/sign-in.ts";
import { log } from "#lib/log.ts";
import { currentVisitor } from "./visitor.ts";

/** The cookie's token holds the ID of a session row and nothing else; the row decides at every request. */
interface SessionToken {
  sid?: string;
}

export interface PorticoSession extends Session {
  sid: string;
}

/** next-auth with our own password check. Built per use, because the secret is read from the environment at run time. */
export function authOptions(): AuthOptions {
  return {
    secret: installationSecrets().SESSION_SECRET,
    session: { strategy: "jwt", maxAge: SESSION_DAYS * 86_400 },
    pages: { signIn: "/sign-in", signOut: "/", error: "/sign-in" },
    // Any cookie that is none makes it speak: our own lines say what matters.
    logger: {
      error: (code) => log.debug({ code }, "next-auth"),
      warn: (code) => log.debug({ code }, "next-auth"),
      debug: () => {},
    },
    providers: [
      CredentialsProvider({
        credentials: { email: {}, password: {} },
        async authorize(credentials) {
          const input = signInInput.safeParse({ email: credentials?.email, password: credentials?.password });
          if (!input.success) throw new Error("SIGN_IN_REQUIRED");
          try {
            const { userId, sessionId } = await signIn(input.data, await currentVisitor());
            return { id: userId, sid: sessionId };
          } catch (error) {
            // next-auth hands the message to the browser: a code of the catalogue, nothing else.
            if (error instanceof AppError) throw new Error(error.code);
            log.error({ error }, "sign-in failed");
            throw new Error("INTERNAL");
          }
        },
      }),
    ],
    callbacks: {
      jwt({ token, user }) {
        const sid = (user as SessionToken | undefined)?.sid;
        return sid ? { sid } : { sid: (token as SessionToken).sid };
      },
      session({ session, token }) {
        return { ...session, user: {}, sid: (token as SessionToken).sid } as Session;
      },
    },
    events: {
      async signOut({ token }) {
        const { sid } = (token ?? {}) as SessionToken;
        if (sid) await endSession(sid);
      },
    },
  };
}

/** The session's ID; null without one. The type is tested, not the truth: a broken configuration must not sign anybody in (CVE-2026-73421). */
export async function sessionId(): Promise<string | null> {
  // A build has neither visitors nor secrets: whatever asks who is there is made per request, "not found" too.
  await connection();
  const session: unknown = await getServerSession(authOptions());
  if (typeof session !== "object" || session === null || !("sid" in session)) return null;
  return typeof session.sid === "string" && session.sid !== "" ? session.sid : null;
}
