import { issueCredential, type PreparedSecret } from "#lib/credential/issue-credential.ts";
import { seal } from "#lib/crypto/seal.ts";
import type { Tx } from "#lib/db/client.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";

/**
 * Makes a sandbox's test application with its credential, whose secret is kept sealed: the only recoverable one, valid
 * in that catalog alone (S52-S54, ruling 1.7). Returns the change for gateways to apply.
 */
export async function issueTestCredential(
  tx: Tx,
  sandbox: { organizationId: string; catalogId: string; prepared: PreparedSecret },
): Promise<bigint> {
  const applicationId = newId();
  await tx.application.create({
    data: {
      id: applicationId,
      organizationId: sandbox.organizationId,
      name: "Sandbox test application",
      description: "Stands for the applications that will use your APIs.",
      isTest: true,
    },
  });
  const { credentialId, xid } = await issueCredential(tx, {
    applicationId,
    kind: "test",
    catalogId: sandbox.catalogId,
    name: "Test values",
    prepared: sandbox.prepared,
  });
  // A gateway knows a credential only together with its application.
  await recordChange(tx, "application", applicationId);
  const sealed = seal(sandbox.prepared.secret, sandbox.catalogId);
  await tx.sandboxTestCredential.create({
    data: {
      catalogId: sandbox.catalogId,
      applicationId,
      credentialId,
      sealedSecret: sealed.box,
      sealKeyId: sealed.keyId,
    },
  });
  return xid;
}
