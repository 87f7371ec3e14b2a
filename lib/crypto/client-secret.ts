import { createHmac, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { exploreKey, pepper } from "./keys.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Non-negative integer in base 62, padded left to `length` characters. */
export function base62(value: bigint, length: number): string {
  let rest = value;
  let out = "";
  while (out.length < length) {
    out = ALPHABET[Number(rest % 62n)] + out;
    rest /= 62n;
  }
  return out;
}

export type Environment = "sandbox" | "production";

/** The number that `base62` wrote. */
export function fromBase62(text: string): bigint {
  let value = 0n;
  for (const character of text) value = value * 62n + BigInt(ALPHABET.indexOf(character));
  return value;
}

/** Six characters of CRC-32, so that scanners and typing errors are told without a look-up. */
export const checksum = (text: string): string => base62(BigInt(crc32(text)), 6);

/** `pcs_test_` or `pcs_live_`, 43 base-62 characters of 256 bits, 6 of CRC-32 for scanners and typing errors (gateway.md part 7). */
function format(environment: Environment, bits: Buffer): string {
  const body = base62(BigInt(`0x${bits.toString("hex")}`), 43);
  const prefix = environment === "production" ? "pcs_live_" : "pcs_test_";
  return prefix + body + checksum(prefix + body);
}

/** A new client secret of 256 random bits. */
export const newClientSecret = (environment: Environment): string => format(environment, randomBytes(32));

/** The secret of an explore grant: derived from the installation's key, so that the console never has to store it. */
export const exploreSecret = (environment: Environment, clientId: string): string =>
  format(environment, createHmac("sha256", exploreKey().key).update(clientId).digest());

const SHAPE = /^pcs_(test|live)_[0-9A-Za-z]{49}$/;

/** Whether a text can be one of our secrets: shape and checksum. Nothing secret is compared. */
export function isClientSecretShape(text: string): boolean {
  return SHAPE.test(text) && checksum(text.slice(0, -6)) === text.slice(-6);
}

/** The keyed record that a call is checked against: HMAC-SHA-256(pepper, clientId NUL secret), 32 bytes. */
export function makeVerifier(clientId: string, secret: string): { verifier: Buffer; keyId: string } {
  const { id, key } = pepper();
  return { verifier: createHmac("sha256", key).update(`${clientId}\0${secret}`).digest(), keyId: id };
}
