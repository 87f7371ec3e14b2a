import "server-only";
import type { z } from "zod";
import { AppError } from "#lib/errors/app-error.ts";
import { readText } from "#lib/net/read-text.ts";

/** 5 MB of source, escaped in JSON, with room for the rest. */
const BODY_BYTES_MAX = 12 * 1024 * 1024;

/**
 * Reads and checks the JSON body of a route; `fixed` are values from the address, which a body cannot override.
 * Throws INPUT_INVALID.
 */
export async function readJson<S extends z.ZodType>(
  request: Request,
  schema: S,
  fixed: Record<string, unknown> = {},
): Promise<z.output<S>> {
  const parsed = schema.safeParse({ ...(await bodyOf(request)), ...fixed });
  if (parsed.success) return parsed.data;
  throw new AppError("INPUT_INVALID", {
    fields: parsed.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message })),
  });
}

async function bodyOf(request: Request): Promise<object> {
  const refused = (detail: string) => new AppError("INPUT_INVALID", { detail });
  // A content type that a form cannot send, beside the origin check.
  if (!request.headers.get("content-type")?.startsWith("application/json")) throw refused("The body must be JSON.");
  const text = await readText(request.body, BODY_BYTES_MAX);
  if (text === null) throw refused("The body is larger than 12 MB.");
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    throw refused("The body is not JSON.");
  }
}
