import { heldBytesMax, heldMemory, notTaken } from "#gateway/admission/held-memory.ts";
import { type Call, noteHeldBody } from "#gateway/call.ts";
import { GoneError } from "#gateway/gone-error.ts";
import { BodyHold } from "#gateway/upstream/body-hold.ts";
import { EMPTY, TooLargeError } from "./message.ts";

/** Reads the whole body of the request, of at most the gateway's limit. Throws TooLargeError, HeldFullError, GoneError. */
export async function readRequestBody(call: Call): Promise<Buffer> {
  const { req, res, gateway } = call;
  // A step before this one may have needed it.
  if (call.heldBody !== undefined) return call.heldBody;
  if (call.contentLength === 0) return EMPTY;
  noteHeldBody(call);
  // As in steps/invoke.ts: what is framed wrongly is refused before a policy hears of it (T1).
  await new Promise(setImmediate);
  if (res.headersSent || res.destroyed) throw new GoneError();
  if (call.expectsContinue) res.writeContinue();
  call.expectsContinue = false;
  return new Promise((resolve, reject) => {
    const hold = new BodyHold();
    const held = heldMemory(call);
    const stop = () => void req.off("data", take).off("end", end).off("close", gone);
    const end = () => {
      stop();
      call.requestBytes = hold.bytes;
      resolve(hold.all());
    };
    const gone = () => {
      stop();
      reject(new GoneError());
    };
    const take = (piece: Buffer) => {
      const isLong = hold.bytes + piece.length > heldBytesMax(gateway);
      if (!isLong && held.take(piece.length)) return void hold.add(piece);
      stop();
      // The rest is thrown away while the answer is on its way.
      req.resume();
      reject(isLong ? new TooLargeError() : notTaken(held));
    };
    req.on("data", take).on("end", end).on("close", gone);
  });
}
