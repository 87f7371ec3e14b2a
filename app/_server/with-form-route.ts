import "server-only";
import type { Actor } from "#lib/access/actor.ts";
import { AppError, toProblem } from "#lib/errors/app-error.ts";
import { requireSameOrigin, withRoute } from "./with-route.ts";

/**
 * A route that a page of ours posts to where a server action would be too small (1 MB) or cannot stream. Like an
 * action it answers what a person got wrong as an answer, 200 with `{ problem }`, not as a failed request; everything
 * else is as in `withRoute`.
 */
export function withFormRoute(request: Request, run: (actor: Actor) => Promise<Response>): Promise<Response> {
  return withRoute(async (actor) => {
    requireSameOrigin(request);
    try {
      return await run(actor);
    } catch (error) {
      if (!(error instanceof AppError) || (error.status !== 422 && error.status !== 409)) throw error;
      return Response.json({ problem: toProblem(error) }, { headers: { "Cache-Control": "no-store" } });
    }
  }, request);
}
