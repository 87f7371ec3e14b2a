import { AppError, fieldError } from "#lib/errors/app-error.ts";
import { readText } from "#lib/net/read-text.ts";

/** A body of 10 MB as JSON text may double; more than that is refused before it is all here. */
const BYTES_MAX = 22_000_000;

/** Reads the JSON of a request up to the limit. Throws INPUT_INVALID past it, and for what is not JSON. */
export async function readLimitedJson(body: ReadableStream<Uint8Array> | null): Promise<unknown> {
  const text = await readText(body, BYTES_MAX);
  if (text === null) throw fieldError("body", "The console sends bodies of up to 10 MB.");
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("INPUT_INVALID", { detail: "The request is not JSON." });
  }
}
