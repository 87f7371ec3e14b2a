import { hash } from "node:crypto";

/** 48 bits: a number that JSON keeps exactly, and that no two secrets of one client ID share. */
const BYTES = 6;

/**
 * The credential's version in a token: it names the secret that the token was made from, so that the token ends when
 * that very secret does (reset, end of its overlap). It follows from the keyed record, which it does not give away.
 */
export function secretVersion(verifier: Buffer): number {
  return hash("sha256", Buffer.concat([Buffer.from("token\0"), verifier]), "buffer").readUIntBE(0, BYTES);
}
