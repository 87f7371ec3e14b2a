import "server-only";
import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import { type Actor, anonymous } from "#lib/access/actor.ts";
import { env } from "#lib/env.ts";
import { AppError, type FieldError } from "#lib/errors/app-error.ts";
import type { ErrorCode } from "#lib/errors/catalogue.ts";
import { log } from "#lib/log.ts";
import { FOREIGN_ORIGIN, isOwnOrigin, PATH_HEADER } from "#lib/net/own-origin.ts";
import { currentActor } from "./actor.ts";
import { recordRefusal } from "./record-refusal.ts";

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

/** Next lets a Server Action without an Origin pass; we do not (T25). proxy.ts has asked already, and can be got round. */
async function requireOwnOrigin(): Promise<void> {
  if (isOwnOrigin((await headers()).get("origin"))) return;
  throw new AppError("FORBIDDEN", { detail: FOREIGN_ORIGIN(new URL(env().PORTAL_URL).origin) });
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
    let actor: Actor = anonymous;
    try {
      await requireOwnOrigin();
      actor = await currentActor();
      const input = schema.safeParse(raw);
      if (!input.success) {
        const fields = input.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
        return failed(new AppError("INPUT_INVALID", { fields }));
      }
      return { ok: true, data: await run(actor, input.data) };
    } catch (error) {
      if (error instanceof AppError) {
        const given = await headers();
        await recordRefusal(error, actor, given, given.get(PATH_HEADER) ?? "");
        return failed(error);
      }
      // redirect() and notFound() of Next travel as errors.
      unstable_rethrow(error);
      log.error({ error: String(error), stack: (error as Error).stack }, "action failed");
      return failed(new AppError("INTERNAL"));
    }
  };
}
