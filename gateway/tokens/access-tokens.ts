import { hash } from "node:crypto";
import type { GatewayCredential, GatewaySecret } from "#gateway/snapshot/model.ts";
import { readUnverified, verifyAccessToken } from "#lib/token/access-token.ts";
import { secretVersion } from "#lib/token/secret-version.ts";
import { NO_KEYS, type SigningKeys } from "#lib/token/signing-keys.ts";

/** Tokens of one generation that are remembered; two generations take about 20 MB. */
const GENERATION = 25_000;
/** Ours have about 500 characters. */
const TOKEN_LENGTH_MAX = 2_048;

/** A token that was verified once. It is believed until it ends, as long as its credential is what it was. */
export interface KnownToken {
  readonly clientId: string;
  readonly version: number;
  readonly expiresAtMs: number;
  /** The credential at the last look and the secret of it that the token was made from; looked for anew when it changes. */
  credential: GatewayCredential | undefined;
  secret: GatewaySecret | undefined;
}

/**
 * The access tokens that this gateway has verified, under their SHA-256: a known one costs a hash and a look-up. It
 * belongs to one set of keys; other keys start with none, so that a token never outlives the belief in its key.
 */
export class AccessTokens {
  readonly keys: SigningKeys;
  /** When the younger is full it becomes the older; what is used in the older moves on. */
  #younger = new Map<string, KnownToken>();
  #older = new Map<string, KnownToken>();
  /** Being verified: the same token in many calls at once is verified once. */
  readonly #pending = new Map<string, Promise<KnownToken | undefined>>();

  readonly #lives: (clientId: string, version: number) => boolean;
  readonly #generation: number;

  /** `lives`: whether a client ID has a secret of that version. */
  constructor(
    keys: SigningKeys = NO_KEYS,
    lives: (clientId: string, version: number) => boolean = () => false,
    generation = GENERATION,
  ) {
    this.keys = keys;
    this.#lives = lives;
    this.#generation = generation;
  }

  /** Tokens that are remembered, those counted twice that moved on from the older generation. */
  get size(): number {
    return this.#younger.size + this.#older.size;
  }

  /** Whether a bearer token calls itself one of ours. Nothing is verified. */
  isOwn(token: string, nowMs: number): boolean {
    return this.keys.keyOf(token, nowMs) !== undefined;
  }

  /** The verified token; undefined when it is none of ours, has ended, or anything about it is wrong (T33). */
  verify(token: string, nowMs: number): KnownToken | undefined | Promise<KnownToken | undefined> {
    if (token.length > TOKEN_LENGTH_MAX) return undefined;
    const digest = hash("sha256", token, "base64");
    const known = this.#younger.get(digest) ?? this.#renew(digest);
    if (known) return known.expiresAtMs > nowMs ? known : undefined;
    return this.#pending.get(digest) ?? this.#verifyFirst(digest, token, nowMs);
  }

  #renew(digest: string): KnownToken | undefined {
    const known = this.#older.get(digest);
    if (known) this.#remember(digest, known);
    return known;
  }

  #verifyFirst(digest: string, token: string, nowMs: number): undefined | Promise<KnownToken | undefined> {
    const key = this.keys.keyOf(token, nowMs);
    if (!key) return undefined;
    // Who makes tokens up does not know the version of anybody's secret: a flood of them costs no signature (T32).
    const said = readUnverified(token);
    if (!said || said.expiresAtMs <= nowMs || !this.#lives(said.clientId, said.version)) return undefined;
    const verified = verifyAccessToken(key, token, nowMs)
      .then((claims) => {
        if (!claims) return undefined;
        const known = { ...claims, credential: undefined, secret: undefined };
        this.#remember(digest, known);
        return known;
      })
      .finally(() => this.#pending.delete(digest));
    this.#pending.set(digest, verified);
    return verified;
  }

  #remember(digest: string, known: KnownToken): void {
    if (this.#younger.size >= this.#generation) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(digest, known);
  }
}

/** Looks at the credential that the snapshot holds now, and at the secret of it that the token was made from. */
export function lookAgain(token: KnownToken, credential: GatewayCredential | undefined): void {
  if (token.credential === credential) return;
  token.credential = credential;
  token.secret = secretOf(credential, token.version);
}

/** The secret of a credential that a version names. */
export const secretOf = (credential: GatewayCredential | undefined, version: number): GatewaySecret | undefined =>
  credential?.secrets.find(({ verifier }) => secretVersion(verifier) === version);
