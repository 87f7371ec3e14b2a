import { type Refused, refuse, refuseWith } from "#gateway/answer/refusal.ts";
import { ANSWERED, type Call, noteHeldBody } from "#gateway/call.ts";
import { GoneError } from "#gateway/gone-error.ts";
import { BodyHold } from "#gateway/upstream/body-hold.ts";
import { HeldFullError, heldMemory } from "./held-memory.ts";
import { canUnpack, UnpackedTooLargeError, unpack } from "./unpack.ts";

/** A body that is checked is held in memory, and its text beside it; also the most that it may unpack to (T19). */
export const CHECKED_BYTES_MAX = 1_048_576;

/**
 * Holds the client's body in memory, for its check: 413 when it is larger than what is checked, 503 when all
 * memory for bodies is taken, 400 when it breaks off. The backend gets these bytes, as they came. ANSWERED: the client went away, or was answered meanwhile.
 */
export async function holdCheckedBody(call: Call): Promise<Buffer | Refused | typeof ANSWERED> {
  const { req, res } = call;
  if (call.contentLength > CHECKED_BYTES_MAX) return refuse("BODY_TOO_LARGE", "body-unchecked");
  noteHeldBody(call);
  // In the next turn the parser has seen what came with the headers, and answers a broken framing itself (T1).
  await new Promise(setImmediate);
  if (res.headersSent || res.destroyed) return ANSWERED;
  if (call.expectsContinue) res.writeContinue();
  call.expectsContinue = false;
  const hold = new BodyHold();
  const held = heldMemory(call);
  try {
    for await (const piece of req.iterator({ destroyOnReturn: false })) {
      if (hold.bytes + piece.length > CHECKED_BYTES_MAX) return refuse("BODY_TOO_LARGE", "body-unchecked");
      if (!held.take(piece.length)) return held.ended ? ANSWERED : refuse("OVERLOADED", "bodies-held");
      hold.add(piece);
    }
  } catch {
    // The client went away; what the parser refused, server.ts has answered.
    return ANSWERED;
  }
  if (res.headersSent || res.destroyed) return ANSWERED;
  call.contentLength = hold.bytes;
  call.requestBytes = hold.bytes;
  call.heldBody = hold.all();
  return call.heldBody;
}

/** The text of a body, unpacked: 413 past the limit, 400 for an encoding that we do not know or that is broken, 503. ANSWERED: as above. */
export async function textOf(call: Call, body: Buffer, encoding: string): Promise<string | Refused | typeof ANSWERED> {
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity") return body.toString("utf8");
  if (!canUnpack(name)) {
    return refuseWith(
      "REQUEST_INVALID",
      "/body has a Content-Encoding that cannot be checked",
      undefined,
      "content-encoding-unknown",
    );
  }
  const held = heldMemory(call).part();
  try {
    const text = await unpack(body, name, CHECKED_BYTES_MAX, held);
    return text.toString("utf8");
  } catch (error) {
    if (error instanceof GoneError) return ANSWERED;
    if (error instanceof UnpackedTooLargeError) return refuse("BODY_TOO_LARGE", "body-unchecked");
    if (error instanceof HeldFullError) return refuse("OVERLOADED", "bodies-held");
    return refuseWith("REQUEST_INVALID", "/body is not in its Content-Encoding", undefined, "content-encoding-unknown");
  } finally {
    // Its text is gone after the check.
    held.end();
  }
}
