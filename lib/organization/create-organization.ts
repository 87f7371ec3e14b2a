import type { Actor } from "#lib/access/actor.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { prepareSecret } from "#lib/credential/issue-credential.ts";
import { transaction } from "#lib/db/client.ts";
import { insertOrganization } from "./insert-organization.ts";
import type { CreateOrganizationInput } from "./organization.schema.ts";

/** Founds an organization that the actor owns. A provider gets its default space, its Sandbox with test application, and Production. */
export async function createOrganization(
  actor: Actor,
  input: CreateOrganizationInput,
): Promise<{ id: string; slug: string; xid: bigint | null }> {
  const founder = authorizeSelf(actor);
  const testSecret = input.isProvider ? await prepareSecret("sandbox") : null;
  return transaction((tx) => insertOrganization(tx, founder, input, testSecret));
}
