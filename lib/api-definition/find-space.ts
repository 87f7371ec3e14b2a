import { ownedBy, type Permit } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";

export interface SpaceRef {
  id: string;
  organizationId: string;
}

/** The default space of a provider organization in reach of the permit, by the slug of its address. */
export async function findSpace(permit: Permit, organization: string): Promise<SpaceRef> {
  const space = await db().space.findFirst({
    where: { slug: null, organization: { slug: organization }, ...ownedBy(permit) },
    select: { id: true, organizationId: true },
  });
  if (!space) throw notFound();
  return space;
}
