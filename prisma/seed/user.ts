import type { UserActor } from "#lib/access/actor.ts";
import { db } from "#lib/db/client.ts";
import { actorOfUser } from "#lib/identity/read-actor.ts";
import { signUp } from "#lib/identity/sign-up.ts";

interface UserSeed {
  name: string;
  email: string;
  password: string;
  /** Name of the person's own consumer organization; without one they have none. */
  organization?: string;
}

/** The person with this address, made when there is none. */
export async function ensureUser({ organization, ...person }: UserSeed): Promise<UserActor> {
  const known = await db().user.findUnique({ where: { email: person.email }, select: { id: true } });
  const userId =
    known?.id ??
    (
      await signUp(
        { ...person, organization: organization ?? "" },
        { address: null, withOrganization: organization !== undefined },
      )
    ).userId;
  return actorOfUser(userId);
}
