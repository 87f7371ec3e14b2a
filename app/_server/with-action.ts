import "server-only";
import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import type { Actor } from "#lib/access/actor.ts";
import { env } from "#lib/env.ts";
import { AppError, type FieldError } from "#lib/errors/app-error.ts";
import type { ErrorCode } from "#lib/errors/catalogue.ts";
import { log } from "#lib/log.ts";
import { currentActor } from "./actor.ts";

/** What a form gets back: the use case's answer, or a text and the fields that are wrong. Nothing of what was typed is lost. */
export type ActionResult<T> =
  | { ok: true; data: T }
  | { ok: false; code: ErrorCode; message: string; fields: FieldError[] };

const failed = (error: AppError): ActionResult<never> => ({
  ok: false,
  code: error.code,
  message: error.detail,
  fields: error.fields,
});

/** Next lets a Server Action without an Origin pass; we do not (T25). The origin must be the portal's own. */
async function requireOwnOrigin(): Promise<void> {
  const given = await headers();
  const origin = given.get("origin");
  const own = new URL(env().PORTAL_URL).origin;
  if (origin !== own && origin !== `http://${given.get("host")}` && origin !== `https://${given.get("host")}`) {
    throw new AppError("FORBIDDEN", { detail: "This request did not come from the portal." });
  }
}

/**
 * Wraps a use case as a Server Action: session -> actor, zod -> input, errors -> answer. The input is plain data that
 * the client built from its form; unknown keys are refused by the schema.
 */
export function withAction<S extends z.ZodType, T>(
  schema: S,
  run: (actor: Actor, input: z.output<S>) => Promise<T>,
): (input: z.input<S>) => Promise<ActionResult<T>> {
  return async (raw) => {
    try {
      await requireOwnOrigin();
      const input = schema.safeParse(raw);
      if (!input.success) {
        const fields = input.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
        return failed(new AppError("INPUT_INVALID", { fields }));
      }
      return { ok: true, data: await run(await currentActor(), input.data) };
    } catch (error) {
      if (error instanceof AppError) return failed(error);
      // redirect() and notFound() of Next travel as errors.
      unstable_rethrow(error);
      log.error({ error: String(error), stack: (error as Error).stack }, "action failed");
      return failed(new AppError("INTERNAL"));
    }
  };
}
