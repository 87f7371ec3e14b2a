import type { UserActor } from "#lib/access/actor.ts";
import { actorOfUser } from "#lib/identity/read-actor.ts";
import { createOrganization } from "#lib/organization/create-organization.ts";

/** The provider organization of this name that the founder belongs to, made when there is none; with the founder as they are then. */
export async function ensureProvider(founder: UserActor, name: string) {
  const known = founder.memberships.find((m) => m.organizationName === name);
  if (known) return { owner: founder, id: known.organizationId, slug: known.organizationSlug };
  const { id, slug } = await createOrganization(founder, { name, isProvider: true, isConsumer: false });
  return { owner: await actorOfUser(founder.userId), id, slug };
}

/** The first organization of a person. */
export function ownOrganization(person: UserActor) {
  const [membership] = person.memberships;
  if (!membership) throw new Error(`${person.name} has no organization`);
  return { id: membership.organizationId, slug: membership.organizationSlug };
}
