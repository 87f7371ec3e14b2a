import type { UserActor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permissions.ts";
import { db } from "#lib/db/client.ts";
import { actorOfUser } from "#lib/identity/read-actor.ts";
import { setAdministrator } from "#lib/identity/set-administrator.ts";
import { newId } from "#lib/ids.ts";
import { createOrganization } from "#lib/organization/create-organization.ts";

let count = 0;

/** A person without any organization; the password is none, nobody can sign in as them. */
export async function person(name = "Test Person"): Promise<UserActor> {
  count += 1;
  const id = newId();
  await db().user.create({
    data: { id, email: `person-${count}-${id.slice(-6)}@example.com`, name, passwordHash: "none" },
  });
  return actorOfUser(id);
}

/** Who runs the installation, in no organization. */
export async function administrator(name = "The administrator"): Promise<UserActor> {
  const { userId, email } = await person(name);
  await setAdministrator({ kind: "system", name: "Test" }, { email, isAdministrator: true });
  return actorOfUser(userId);
}

/** The owner of a new provider organization; `slug` is that of the organization. */
export async function provider(name = "Acme"): Promise<{ owner: UserActor; slug: string; organizationId: string }> {
  const founder = await person();
  const { id, slug } = await createOrganization(founder, { name, isProvider: true, isConsumer: false });
  return { owner: await actorOfUser(founder.userId), slug, organizationId: id };
}

/** The owner of a new consumer organization. */
export async function consumer(
  name = "Northwind",
): Promise<{ owner: UserActor; slug: string; organizationId: string }> {
  const founder = await person();
  const { id, slug } = await createOrganization(founder, { name, isProvider: false, isConsumer: true });
  return { owner: await actorOfUser(founder.userId), slug, organizationId: id };
}

/** A further member of an organization. */
export async function member(organizationId: string, role: Role): Promise<UserActor> {
  const { userId } = await person(`The ${role}`);
  await db().membership.create({ data: { id: newId(), organizationId, userId, role } });
  return actorOfUser(userId);
}
