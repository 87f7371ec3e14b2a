import "server-only";
import type { Actor } from "#lib/access/actor.ts";
import { env } from "#lib/env.ts";
import { AppError, toProblem } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { currentActor } from "./actor.ts";

/** A route that changes or calls something answers its own pages only (T25): the Origin must be there and ours. */
export function requireSameOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  const host = request.headers.get("host");
  const own = new URL(env().PORTAL_URL).origin;
  if (origin === own || (host && (origin === `http://${host}` || origin === `https://${host}`))) return;
  throw new AppError("FORBIDDEN", { detail: "This request did not come from the portal." });
}

/** Runs a use case for a route handler: session -> actor, errors -> problem+json with a request ID. */
export async function withRoute(run: (actor: Actor) => Promise<Response>): Promise<Response> {
  const requestId = newId();
  try {
    return await run(await currentActor());
  } catch (error) {
    const known = error instanceof AppError ? error : new AppError("INTERNAL", { cause: error });
    if (known.code === "INTERNAL")
      log.error({ requestId, error: String(error), stack: (error as Error).stack }, "route failed");
    return Response.json(toProblem(known, requestId), {
      status: known.status,
      headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
    });
  }
}
