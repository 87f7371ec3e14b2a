import type { Actor } from "#lib/access/actor.ts";
import { authorize, reaches } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { prepareSecret } from "#lib/credential/issue-credential.ts";
import { transaction } from "#lib/db/client.ts";
import { lockNames, lockRows, toChange } from "#lib/db/lock-rows.ts";
import { fieldError, notFound } from "#lib/errors/app-error.ts";
import { makeProvider } from "./make-provider.ts";
import type { CreateOrganizationInput } from "./organization.schema.ts";
import { readOrganization } from "./read-organization.ts";

/**
 * Renames an organization and sets what it does. One that starts to publish gets its space, Sandbox and Production; one
 * that has published stays a provider, because its APIs would lose their owner (field error `isProvider`).
 */
export async function updateOrganization(actor: Actor, slug: string, input: CreateOrganizationInput): Promise<void> {
  const permit = authorize(actor, "organization:manage");
  const organization = await readOrganization(actor, slug);
  if (!reaches(permit, organization.id)) throw notFound();
  if (organization.isProvider && !input.isProvider) {
    throw fieldError("isProvider", "An organization that publishes APIs stays a provider.");
  }
  const becomesProvider = input.isProvider && !organization.isProvider;
  const testSecret = becomesProvider ? await prepareSecret("sandbox", { by: actor }) : null;
  await transaction(async (tx) => {
    // The path prefix of a provider is a name of the whole installation.
    if (testSecret) await lockNames(tx);
    await lockRows(tx, { Organization: toChange(organization.id) });
    const before = await tx.organization.findUnique({ where: { id: organization.id }, select: { isProvider: true } });
    if (!before) throw notFound();
    if (before.isProvider && !input.isProvider) {
      throw fieldError("isProvider", "An organization that publishes APIs stays a provider.");
    }
    await tx.organization.update({ where: { id: organization.id }, data: input });
    if (testSecret && !before.isProvider) await makeProvider(tx, organization, testSecret);
    await recordEvent(tx, permit, "organization.updated", {
      organizationId: organization.id,
      type: "organization",
      id: organization.id,
      name: input.name,
    });
  });
}
