import { AppError, fieldError } from "#lib/errors/app-error.ts";

/** A body of 10 MB as JSON text may double; more than that is refused before it is all here. */
const BYTES_MAX = 22_000_000;

/** Reads the JSON of a request up to the limit. Throws INPUT_INVALID past it, and for what is not JSON. */
export async function readLimitedJson(body: ReadableStream<Uint8Array> | null): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > BYTES_MAX) throw fieldError("body", "The console sends bodies of up to 10 MB.");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new AppError("INPUT_INVALID", { detail: "The request is not JSON." });
  }
}
