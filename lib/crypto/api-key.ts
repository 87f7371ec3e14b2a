import { randomBytes } from "node:crypto";
import { base62, checksum, type Environment, fromBase62 } from "./client-secret.ts";

/** Characters of base 62 for the 128 bits of a client ID. */
const ID_LENGTH = 22;
const PREFIX_LENGTH = "psk_test_".length;

/**
 * A new API key of a service ID: `psk_test_` or `psk_live_`, the client ID of its credential in 22 base-62 characters (a
 * client sends nothing but the key, and it must be found without trying all), 43 of 256 random bits, 6 of CRC-32.
 */
export function newApiKey(environment: Environment, clientId: string): string {
  const prefix = environment === "production" ? "psk_live_" : "psk_test_";
  const id = base62(BigInt(`0x${clientId}`), ID_LENGTH);
  const body = prefix + id + base62(BigInt(`0x${randomBytes(32).toString("hex")}`), 43);
  return body + checksum(body);
}

const SHAPE = /^psk_(test|live)_[0-9A-Za-z]{71}$/;

/** Whether a text can be one of our API keys: shape and checksum. Nothing secret is compared. */
export const isApiKeyShape = (text: string): boolean =>
  SHAPE.test(text) && checksum(text.slice(0, -6)) === text.slice(-6);

/** The client ID that an API key names, without trusting it; undefined when the text is none of our keys. */
export function apiKeyClientId(text: string): string | undefined {
  if (!isApiKeyShape(text)) return undefined;
  const id = fromBase62(text.slice(PREFIX_LENGTH, PREFIX_LENGTH + ID_LENGTH)).toString(16);
  return id.length <= 32 ? id.padStart(32, "0") : undefined;
}
