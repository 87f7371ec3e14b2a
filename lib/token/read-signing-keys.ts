import { exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { type Clock, systemClock } from "#lib/clock.ts";
import { sealKey } from "#lib/crypto/keys.ts";
import { seal, unseal } from "#lib/crypto/seal.ts";
import { ADVISORY_LOCKS } from "#lib/db/advisory-locks.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { ALGORITHM, type SigningKey, SigningKeys } from "./signing-keys.ts";

const rows = () => db().signingKey.findMany({ orderBy: { signsAt: "desc" } });
type Row = Awaited<ReturnType<typeof rows>>[number];

/** Reads all keys; an installation without one that it can use gets its first. For the gateway's snapshot and the portal. */
export async function readSigningKeys(clock: Clock = systemClock): Promise<SigningKeys> {
  const found = await rows();
  if (!found.some(opens)) await makeFirstKey(clock());
  const keys = await Promise.all((found.some(opens) ? found : await rows()).map(toKey));
  return new SigningKeys(keys.filter((key) => key !== undefined));
}

const opens = ({ sealKeyId, endsAt }: Row): boolean => sealKeyId === sealKey().id && endsAt === null;

async function makeFirstKey(now: Date): Promise<void> {
  await transaction(async (tx) => {
    await lockSigningKeys(tx);
    const usable = await tx.signingKey.count({ where: { sealKeyId: sealKey().id, endsAt: null } });
    if (usable === 0) await insertSigningKey(tx, { now, signsAt: now });
  });
}

/** Waits until nobody else changes signing keys: two processes must not make the first one, or rotate, at once. */
export async function lockSigningKeys(tx: Tx): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${ADVISORY_LOCKS.signingKeys})`;
}

/** Makes a key pair, keeps its private half sealed, and tells the gateways. */
export async function insertSigningKey(
  tx: Tx,
  { now, signsAt }: { now: Date; signsAt: Date },
): Promise<{ kid: string; xid: bigint }> {
  const kid = newId();
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const { box, keyId } = seal(JSON.stringify(await exportJWK(pair.privateKey)), kid);
  const { kty, crv, x, y } = await exportJWK(pair.publicKey);
  await tx.signingKey.create({
    data: {
      id: kid,
      publicKey: { kty, crv, x, y } as Record<string, string>,
      sealedPrivateKey: box,
      sealKeyId: keyId,
      createdAt: now,
      signsAt,
    },
  });
  return { kid, xid: await recordChange(tx, "signing-key", kid) };
}

/** A damaged row is left out and named in the log: the others serve on. */
async function toKey(row: Row): Promise<SigningKey | undefined> {
  try {
    const publicJwk = row.publicKey as JWK;
    return {
      kid: row.id,
      publicJwk,
      publicKey: (await importJWK(publicJwk, ALGORITHM)) as SigningKey["publicKey"],
      privateKey: await openPrivateKey(row),
      signsAtMs: row.signsAt.getTime(),
      endsAtMs: row.endsAt?.getTime() ?? Number.POSITIVE_INFINITY,
    };
  } catch {
    log.error({ kid: row.id }, "signing key not understood, skipped");
    return undefined;
  }
}

async function openPrivateKey(row: Row): Promise<SigningKey["privateKey"]> {
  if (row.sealKeyId !== sealKey().id) return null;
  const jwk = JSON.parse(unseal({ box: row.sealedPrivateKey, keyId: row.sealKeyId }, row.id)) as JWK;
  return (await importJWK(jwk, ALGORITHM)) as SigningKey["privateKey"];
}
