import "server-only";
import { notFound as nextNotFound, redirect } from "next/navigation";
import { cache } from "react";
import { type Actor, anonymous, type UserActor } from "#lib/access/actor.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { readActor } from "#lib/identity/read-actor.ts";
import { paths } from "#lib/paths.ts";
import { sessionId } from "./auth.ts";

/** Who asks, read once a request: the person of a session that is still open, else anonymous. */
export const currentActor = cache(async (): Promise<Actor> => {
  const sid = await sessionId();
  return (sid && (await readActor(sid))) || anonymous;
});

/** The signed-in person, or the sign-in page, which leads back to `here`. */
export async function requirePerson(here: string): Promise<UserActor> {
  const actor = await currentActor();
  if (actor.kind !== "user") redirect(paths.signIn(here));
  return actor;
}

/**
 * Runs a use case for a page: what is missing or not allowed becomes Next's "not found" (denied looks like missing), a
 * missing session leads to sign-in and back to `here`.
 */
export async function forPage<T>(here: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "SIGN_IN_REQUIRED") redirect(paths.signIn(here));
    if (error.code === "NOT_FOUND" || error.code === "FORBIDDEN") nextNotFound();
    throw error;
  }
}
