import { issueTestCredential } from "#lib/catalog/issue-test-credential.ts";
import type { PreparedSecret } from "#lib/credential/issue-credential.ts";
import type { Tx } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";

/**
 * Gives an organization what a provider has: the default space, the Sandbox that cannot be deleted with its test
 * application, and Production (S26, X9). Part of a use case's transaction. `testSecret` is of `prepareSecret("sandbox")`,
 * made before the transaction opened. Returns the change for gateways to apply.
 */
export async function makeProvider(
  tx: Tx,
  organization: { id: string; slug: string },
  testSecret: PreparedSecret,
): Promise<bigint> {
  const sandboxId = newId();
  await tx.space.create({ data: { id: newId(), organizationId: organization.id, pathPrefix: organization.slug } });
  await tx.catalog.create({
    data: {
      id: sandboxId,
      organizationId: organization.id,
      slug: "sandbox",
      title: "Sandbox",
      kind: "sandbox",
      isDefault: true,
    },
  });
  await tx.catalog.create({
    data: { id: newId(), organizationId: organization.id, slug: "production", title: "Production", kind: "production" },
  });
  return issueTestCredential(tx, { organizationId: organization.id, catalogId: sandboxId, prepared: testSecret });
}
