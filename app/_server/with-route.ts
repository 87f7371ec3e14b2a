import "server-only";
import { type Actor, anonymous } from "#lib/access/actor.ts";
import { env } from "#lib/env.ts";
import { AppError, toProblem } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { FOREIGN_ORIGIN, isOwnOrigin } from "#lib/net/own-origin.ts";
import { currentActor } from "./actor.ts";
import { recordRefusal } from "./record-refusal.ts";

/** A route that changes or calls something answers its own pages only (T25): the Origin must be there, and ours to the letter. */
export function requireSameOrigin(request: Request): void {
  if (isOwnOrigin(request.headers.get("origin"))) return;
  throw new AppError("FORBIDDEN", { detail: FOREIGN_ORIGIN(new URL(env().PORTAL_URL).origin) });
}

/** Runs a use case for a route handler: session -> actor, errors -> problem+json with a request ID; of `request` what is refused is kept. */
export async function withRoute(run: (actor: Actor) => Promise<Response>, request?: Request): Promise<Response> {
  const requestId = newId();
  let actor: Actor = anonymous;
  try {
    actor = await currentActor();
    return await run(actor);
  } catch (error) {
    const known = error instanceof AppError ? error : new AppError("INTERNAL", { cause: error });
    if (request) await recordRefusal(known, actor, request.headers, new URL(request.url).pathname);
    if (known.code === "INTERNAL")
      log.error({ requestId, error: String(error), stack: (error as Error).stack }, "route failed");
    return Response.json(toProblem(known, requestId), {
      status: known.status,
      headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
    });
  }
}
