import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { HeldFullError, type HeldMemory } from "./held-memory.ts";

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
 * Throws UnpackedTooLargeError, HeldFullError, and zlib's own where the body is not in its coding.
 */
export async function unpack(
  body: Buffer,
  coding: keyof typeof unpackers,
  bytesMax: number,
  held: HeldMemory,
): Promise<Buffer> {
  const unpacker = unpackers[coding]();
  unpacker.end(body);
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of unpacker as AsyncIterable<Buffer>) {
      if (bytes + piece.length > bytesMax) throw new UnpackedTooLargeError();
      if (!held.take(piece.length)) throw new HeldFullError();
      bytes += piece.length;
      pieces.push(piece);
    }
  } catch (error) {
    held.giveBack(bytes);
    throw error;
  }
  return Buffer.concat(pieces, bytes);
}
