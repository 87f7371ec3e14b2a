import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { GoneError } from "#gateway/gone-error.ts";
import { notTaken } from "./held-memory.ts";
import type { MemoryLease } from "./memory-budget.ts";

const unpackers = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** It unpacks to more than may be held (T19). */
export class UnpackedTooLargeError extends Error {}

/** Whether a Content-Encoding, in lower case, can be unpacked. */
export const canUnpack = (coding: string): coding is keyof typeof unpackers => Object.hasOwn(unpackers, coding);

/**
 * Unpacks a body, piece by piece, so that a small body that unpacks to a large one takes its memory before it has it.
 * Throws UnpackedTooLargeError, HeldFullError, zlib's own where the body is not in its coding, and GoneError at once when
 * the call ends meanwhile. What it took stays taken also when it throws: `held` is the caller's to end.
 */
export async function unpack(
  body: Buffer,
  coding: keyof typeof unpackers,
  bytesMax: number,
  held: MemoryLease,
): Promise<Buffer> {
  if (held.ended) throw new GoneError();
  const unpacker = unpackers[coding]();
  const forget = held.onEnd(() => void unpacker.destroy(new GoneError()));
  unpacker.end(body);
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of unpacker as AsyncIterable<Buffer>) {
      if (bytes + piece.length > bytesMax) throw new UnpackedTooLargeError();
      if (!held.take(piece.length)) throw notTaken(held);
      bytes += piece.length;
      pieces.push(piece);
    }
  } finally {
    forget();
  }
  return Buffer.concat(pieces, bytes);
}
