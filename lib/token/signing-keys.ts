import { base64url, type CryptoKey, type JWK, type JWTPayload, SignJWT } from "jose";

/** The one algorithm: what a token's own header says about it is compared, never followed (T33). */
export const ALGORITHM = "ES256";

/** Media type of access tokens (RFC 9068), so that nothing else that these keys sign passes for one. */
export const ACCESS_TOKEN_TYPE = "at+jwt";

export interface SigningKey {
  kid: string;
  publicJwk: JWK;
  publicKey: CryptoKey;
  /** null: sealed with another SEAL_KEY; it verifies, and signs nothing. */
  privateKey: CryptoKey | null;
  signsAtMs: number;
  /** Infinity: it has no successor. */
  endsAtMs: number;
}

/** There is no key that may sign now. */
export class NoSigningKeyError extends Error {}

const headerOf = (kid: string, typ: string) => ({ alg: ALGORITHM, typ, kid });

/** The installation's signing keys as they stand in the database. Immutable; a change puts a new object in its place. */
export class SigningKeys {
  /** The one that signs latest first. */
  readonly #keys: readonly SigningKey[];
  /** What the access tokens of each key begin with: their header, byte for byte as we write it. */
  readonly #heads: readonly string[];

  constructor(keys: readonly SigningKey[]) {
    this.#keys = [...keys].sort((a, b) => b.signsAtMs - a.signsAtMs);
    this.#heads = this.#keys.map(({ kid }) => `${base64url.encode(JSON.stringify(headerOf(kid, ACCESS_TOKEN_TYPE)))}.`);
  }

  /**
   * Signs claims with the key whose turn it is. `typ` says what the token is for: whoever verifies it must ask for that
   * type, so that a proof for a backend is no access token and the other way round. Times among the claims are the
   * caller's. Throws NoSigningKeyError.
   */
  async sign(typ: string, claims: JWTPayload, nowMs: number): Promise<string> {
    const usable = this.#keys.filter((one) => one.privateKey && nowMs < one.endsAtMs);
    // The first key's time may not have come yet by a clock that is slow.
    const key = usable.find((one) => one.signsAtMs <= nowMs) ?? usable.at(-1);
    if (!key?.privateKey) throw new NoSigningKeyError("no signing key may be used now");
    return new SignJWT(claims).setProtectedHeader(headerOf(key.kid, typ)).sign(key.privateKey);
  }

  /**
   * The key of an access token that begins like one of ours; nothing is verified yet. A header that says anything more
   * or anything else (another algorithm, a key of its own, an address to fetch one from) is none of ours (T33).
   */
  keyOf(token: string, nowMs: number): SigningKey | undefined {
    for (let i = 0; i < this.#keys.length; i += 1) {
      const key = this.#keys[i] as SigningKey;
      if (token.startsWith(this.#heads[i] as string)) return nowMs < key.endsAtMs ? key : undefined;
    }
    return undefined;
  }

  /** The public keys as a JSON Web Key Set (RFC 7517): those that sign, those that will, and those whose tokens still live. */
  jwks(nowMs: number): string {
    const keys = this.#keys
      .filter(({ endsAtMs }) => nowMs < endsAtMs)
      .map(({ kid, publicJwk: { kty, crv, x, y } }) => ({ kty, crv, x, y, kid, alg: ALGORITHM, use: "sig" }));
    return JSON.stringify({ keys });
  }
}

/** Before keys are loaded: nothing can be signed, and no token is ours. */
export const NO_KEYS = new SigningKeys([]);
