import "server-only";
import type { z } from "zod";
import type { Actor } from "#lib/access/actor.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { withRequestText } from "#lib/net/request-text.ts";
import { bodyOwner } from "./body-owner.ts";

/** 5 MB of source, escaped in JSON, with room for the rest. */
const BODY_BYTES_MAX = 12 * 1024 * 1024;

/**
 * Reads and checks the JSON body of a route; `fixed` are values from the address, which a body cannot override.
 * Throws INPUT_INVALID.
 */
export async function readJson<S extends z.ZodType>(
  request: Request,
  actor: Actor,
  schema: S,
  fixed: Record<string, unknown> = {},
): Promise<z.output<S>> {
  const parsed = schema.safeParse({ ...(await readJsonBody(request, actor, BODY_BYTES_MAX)), ...fixed });
  if (parsed.success) return parsed.data;
  throw new AppError("INPUT_INVALID", {
    fields: parsed.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message })),
  });
}

/** The JSON object of a body of at most `bytesMax`, 1 MB of it from a stranger (F64). Throws INPUT_INVALID, OVERLOADED. */
export function readJsonBody(request: Request, actor: Actor, bytesMax: number): Promise<object> {
  const refused = (detail: string) => new AppError("INPUT_INVALID", { detail });
  // A content type that a form cannot send, beside the origin check.
  if (!request.headers.get("content-type")?.startsWith("application/json")) throw refused("The body must be JSON.");
  return withRequestText(request, bodyOwner(actor, request), bytesMax, (text) => {
    if (text === null) {
      throw refused(
        actor.kind === "user"
          ? `The body is larger than ${Math.floor(bytesMax / 1_000_000)} MB.`
          : "The body is larger than 1 MB. Sign in to send more.",
      );
    }
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" && value !== null ? value : {};
    } catch {
      throw refused("The body is not JSON.");
    }
  });
}
