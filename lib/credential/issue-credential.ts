import type { Actor } from "#lib/access/actor.ts";
import { newApiKey } from "#lib/crypto/api-key.ts";
import { type Environment, exploreSecret, makeVerifier, newClientSecret } from "#lib/crypto/client-secret.ts";
import { withHashing } from "#lib/crypto/password.ts";
import type { Tx } from "#lib/db/client.ts";
import type { CredentialKind } from "#lib/db/generated/enums.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { newClientId, newId } from "#lib/ids.ts";

/** A client ID and secret with the records that are kept of the secret; the secret itself is never written. */
export interface PreparedSecret {
  clientId: string;
  environment: Environment;
  secret: string;
  secretHash: string;
  verifier: Uint8Array<ArrayBuffer>;
  verifierKeyId: string;
  last4: string;
}

/**
 * Makes a client ID and a secret and computes the records of it. Called before the transaction opens: argon2 takes
 * about 50 ms, and no row may stay locked for that; `by` is whose share of the hashes it takes (T32). `clientId` is given to reset the secret of an existing one;
 * `derived` makes the secret of an explore grant, which the installation's key can make again; `apiKey` makes the API
 * key of a service ID.
 */
export async function prepareSecret(
  environment: Environment,
  options: { by: Actor; clientId?: string; derived?: boolean; apiKey?: boolean },
): Promise<PreparedSecret> {
  const clientId = options.clientId ?? newClientId();
  const make = options.apiKey ? newApiKey : options.derived ? exploreSecret : newClientSecret;
  const secret = make(environment, clientId);
  const { verifier, keyId } = makeVerifier(clientId, secret);
  return {
    clientId,
    environment,
    secret,
    secretHash: await withHashing(subjectOfActor(options.by), ({ hash }) => hash(secret)),
    verifier: new Uint8Array(verifier),
    verifierKeyId: keyId,
    last4: secret.slice(-4),
  };
}

const subjectOfActor = (actor: Actor): string => (actor.kind === "user" ? actor.userId : actor.kind);

export interface CredentialToIssue {
  applicationId: string;
  kind: CredentialKind;
  /** The one catalog in which a test or explore credential works; null for a standard one. */
  catalogId?: string | null;
  name: string;
  description?: string;
  expiresAt?: Date | null;
  networks?: string[];
  scope?: string[];
  /** Of an API key. */
  serviceIdId?: string;
  /** Of `prepareSecret`; it says the environment too. */
  prepared: PreparedSecret;
}

export interface IssuedCredential {
  credentialId: string;
  clientId: string;
  /** For the one answer that shows it, and for nothing else. */
  secret: string;
  /** For `waitUntilLive`, after the commit. */
  xid: bigint;
}

/**
 * Writes a credential with its first secret and announces it to the gateways. The caller has authorized, checked the
 * caps, and records the audit event in the same transaction.
 */
export async function issueCredential(tx: Tx, input: CredentialToIssue): Promise<IssuedCredential> {
  const { prepared } = input;
  const credentialId = newId();
  await tx.credential.create({
    data: {
      id: credentialId,
      applicationId: input.applicationId,
      clientId: prepared.clientId,
      kind: input.kind,
      environment: prepared.environment,
      catalogId: input.catalogId ?? null,
      name: input.name,
      description: input.description ?? "",
      expiresAt: input.expiresAt ?? null,
      networks: input.networks ?? [],
      scope: input.scope ?? [],
      serviceIdId: input.serviceIdId ?? null,
    },
  });
  await addSecret(tx, credentialId, prepared);
  const xid = await recordChange(tx, "credential", credentialId);
  return { credentialId, clientId: prepared.clientId, secret: prepared.secret, xid };
}

/** Writes the records of one secret. Used for a new credential and for a reset. */
export async function addSecret(tx: Tx, credentialId: string, prepared: PreparedSecret): Promise<void> {
  await tx.credentialSecret.create({
    data: {
      id: newId(),
      credentialId,
      secretHash: prepared.secretHash,
      verifier: prepared.verifier,
      verifierKeyId: prepared.verifierKeyId,
      last4: prepared.last4,
    },
  });
}
