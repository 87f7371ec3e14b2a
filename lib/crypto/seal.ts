import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { invariant } from "#lib/invariant.ts";
import { sealKey } from "./keys.ts";

export interface Sealed {
  box: Uint8Array<ArrayBuffer>;
  keyId: string;
}

/** AES-256-GCM: 12 bytes nonce, 16 bytes tag, ciphertext. `context` (say a row's ID) is authenticated, so a box moved to another row does not open. */
export function seal(plain: string, context: string): Sealed {
  const { id, key } = sealKey();
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return { box: new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), body])), keyId: id };
}

/** Opens a box of `seal`. Throws when the key, the context or a byte differs. */
export function unseal(sealed: { box: Uint8Array; keyId: string }, context: string): string {
  const { id, key } = sealKey();
  invariant(sealed.keyId === id, "the box was sealed with another key");
  const box = Buffer.from(sealed.box);
  const decipher = createDecipheriv("aes-256-gcm", key, box.subarray(0, 12)).setAAD(Buffer.from(context));
  decipher.setAuthTag(box.subarray(12, 28));
  return Buffer.concat([decipher.update(box.subarray(28)), decipher.final()]).toString("utf8");
}
