import type { GatewayCredential } from "./model.ts";
import { Slab, SlotIndex } from "./slot-index.ts";

/** A packed credential: ID, client ID, application (16 bytes each), expiry (float64, big-endian), flags, verifier. */
const ID = 0;
const CLIENT_ID = 16;
const APPLICATION = 32;
const EXPIRES = 48;
const FLAGS = 56;
const VERIFIER = 57;
const RECORD_BYTES = 89;
/** As lib/credential/read-packed-credentials-for-gateway.ts sends it: the client ID as 32 letters, and no verifier. */
const PACKED_BYTES = 73;
const PACKED_APPLICATION = 48;
/** A secret there: the credential's ID and the verifier. */
const SECRET_BYTES = 48;
const PRODUCTION = 1;
const REVOKED = 2;
const HAS_SECRET = 4;

const OUR_CLIENT_ID = /^[0-9a-f]{32}$/;
/** Objects of credentials that were used lately; twice as many at most. About 600 bytes each. */
const RECENT_MAX = 10_000;

/**
 * The credentials by client ID. Nearly all of them have the same few facts and one secret: those are packed, 105 bytes
 * each with their index, and become an object when they are used. The others (two secrets, a scope, networks, a catalog
 * of their own) are objects from the start.
 */
export class CredentialTable {
  readonly #slab = new Slab(RECORD_BYTES);
  readonly #byClientId = new SlotIndex(this.#slab, CLIENT_ID, 0);
  // IDs begin with the time: their last bytes are the random ones.
  readonly #byId = new SlotIndex(this.#slab, ID, 12);
  readonly #objects = new Map<string, GatewayCredential>();
  readonly #clientIds = new Map<string, string>();
  #recent = new Map<string, GatewayCredential>();
  #older = new Map<string, GatewayCredential>();
  readonly #key = Buffer.alloc(16);

  get size(): number {
    return this.#slab.size + this.#objects.size;
  }

  get(clientId: string): GatewayCredential | undefined {
    return this.#recent.get(clientId) ?? this.#objects.get(clientId) ?? this.#unpack(clientId);
  }

  put(credential: GatewayCredential): void {
    this.drop(credential.id);
    if (isPlain(credential)) this.#pack(credential);
    else {
      this.#objects.set(credential.clientId, credential);
      this.#clientIds.set(credential.id, credential.clientId);
    }
  }

  drop(id: string): void {
    const clientId = this.#clientIds.get(id);
    if (clientId !== undefined) {
      this.#clientIds.delete(id);
      this.#objects.delete(clientId);
      return;
    }
    const slot = this.#byId.find(this.#uuid(id));
    if (slot < 0) return;
    const at = this.#slab.at(slot);
    const piece = this.#slab.piece(slot);
    this.#forget(piece.toString("hex", at + CLIENT_ID, at + APPLICATION));
    this.#byId.remove(slot);
    this.#byClientId.remove(slot);
    piece.fill(0, at, at + RECORD_BYTES);
    this.#slab.give(slot);
  }

  /** Room for so many at once. */
  reserve(count: number): void {
    this.#byClientId.reserve(count);
    this.#byId.reserve(count);
  }

  /**
   * Adds packed credentials, none of which is there yet; each waits for its secret. Returns the IDs of those whose client
   * ID is not of our form: they were not added.
   */
  addPacked(packed: Buffer): string[] {
    const others: string[] = [];
    for (let from = 0; from + PACKED_BYTES <= packed.length; from += PACKED_BYTES) {
      const slot = this.#slab.take();
      const piece = this.#slab.piece(slot);
      const at = this.#slab.at(slot);
      if (!unhex(packed, from + CLIENT_ID, piece, at + CLIENT_ID)) {
        this.#slab.give(slot);
        others.push(uuidOf(packed, from));
        continue;
      }
      packed.copy(piece, at + ID, from, from + CLIENT_ID);
      packed.copy(piece, at + APPLICATION, from + PACKED_APPLICATION, from + PACKED_BYTES);
      this.#byClientId.add(slot);
      this.#byId.add(slot);
    }
    return others;
  }

  /** Gives packed credentials their secrets. Returns the IDs of those that have one already: they are no longer plain. */
  addPackedSecrets(packed: Buffer): string[] {
    const more: string[] = [];
    for (let from = 0; from + SECRET_BYTES <= packed.length; from += SECRET_BYTES) {
      packed.copy(this.#key, 0, from, from + 16);
      const slot = this.#byId.find(this.#key);
      if (slot < 0) continue;
      const piece = this.#slab.piece(slot);
      const at = this.#slab.at(slot);
      const flags = piece[at + FLAGS] as number;
      if (flags & HAS_SECRET) more.push(uuidOf(this.#key, 0));
      else {
        packed.copy(piece, at + VERIFIER, from + 16, from + SECRET_BYTES);
        piece[at + FLAGS] = flags | HAS_SECRET;
      }
    }
    return more;
  }

  #pack({ id, clientId, applicationId, environment, revoked, expiresAtMs, secrets }: GatewayCredential): void {
    const slot = this.#slab.take();
    const piece = this.#slab.piece(slot);
    const at = this.#slab.at(slot);
    this.#uuid(id).copy(piece, at + ID);
    piece.write(clientId, at + CLIENT_ID, "hex");
    this.#uuid(applicationId).copy(piece, at + APPLICATION);
    piece.writeDoubleBE(expiresAtMs, at + EXPIRES);
    const [secret] = secrets;
    secret?.verifier.copy(piece, at + VERIFIER);
    piece[at + FLAGS] =
      (environment === "production" ? PRODUCTION : 0) | (revoked ? REVOKED : 0) | (secret ? HAS_SECRET : 0);
    this.#byClientId.add(slot);
    this.#byId.add(slot);
  }

  #unpack(clientId: string): GatewayCredential | undefined {
    const older = this.#older.get(clientId);
    if (older) {
      this.#remember(older);
      return older;
    }
    if (!OUR_CLIENT_ID.test(clientId)) return undefined;
    this.#key.write(clientId, "hex");
    const slot = this.#byClientId.find(this.#key);
    if (slot < 0) return undefined;
    const piece = this.#slab.piece(slot);
    const at = this.#slab.at(slot);
    const flags = piece[at + FLAGS] as number;
    // A copy: the slot may get another credential while the object is still held.
    const verifier = Buffer.from(piece.subarray(at + VERIFIER, at + RECORD_BYTES));
    const credential: GatewayCredential = {
      id: uuidOf(piece, at + ID),
      clientId,
      applicationId: uuidOf(piece, at + APPLICATION),
      environment: flags & PRODUCTION ? "production" : "sandbox",
      catalogId: null,
      revoked: (flags & REVOKED) !== 0,
      expiresAtMs: piece.readDoubleBE(at + EXPIRES),
      networks: null,
      scope: null,
      secrets: flags & HAS_SECRET ? [{ verifier, notAfterMs: Number.POSITIVE_INFINITY }] : [],
    };
    this.#remember(credential);
    return credential;
  }

  #remember(credential: GatewayCredential): void {
    if (this.#recent.size >= RECENT_MAX) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(credential.clientId, credential);
  }

  #forget(clientId: string): void {
    this.#recent.delete(clientId);
    this.#older.delete(clientId);
  }

  /** The 16 bytes of a UUID, until the next call. */
  #uuid(id: string): Buffer {
    this.#key.write(id.replaceAll("-", ""), "hex");
    return this.#key;
  }
}

/** Whether a packed record says all of it. */
function isPlain(credential: GatewayCredential): boolean {
  const { clientId, catalogId, networks, scope, secrets } = credential;
  if (catalogId !== null || networks !== null || scope !== null || !OUR_CLIENT_ID.test(clientId)) return false;
  return secrets.length === 0 || (secrets.length === 1 && secrets[0]?.notAfterMs === Number.POSITIVE_INFINITY);
}

const DIGITS = new Int8Array(256).fill(-1);
for (const [value, digit] of [..."0123456789abcdef"].entries()) DIGITS[digit.charCodeAt(0)] = value;

/** Writes the 16 bytes that 32 hexadecimal digits stand for; false when one is none of "0" to "f". */
function unhex(text: Buffer, from: number, to: Buffer, at: number): boolean {
  for (let i = 0; i < 16; i += 1) {
    const high = DIGITS[text[from + 2 * i] as number] as number;
    const low = DIGITS[text[from + 2 * i + 1] as number] as number;
    if (high < 0 || low < 0) return false;
    to[at + i] = (high << 4) | low;
  }
  return true;
}

function uuidOf(bytes: Buffer, at: number): string {
  const hex = bytes.toString("hex", at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
