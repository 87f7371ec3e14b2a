import type { Actor } from "#lib/access/actor.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { prepareSecret } from "#lib/credential/issue-credential.ts";
import { transaction } from "#lib/db/client.ts";
import { lockNames } from "#lib/db/lock-rows.ts";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { type Budget, takeAttempt } from "#lib/identity/attempts.ts";
import { insertOrganization } from "./insert-organization.ts";
import type { CreateOrganizationInput } from "./organization.schema.ts";

const budget = (): Budget => ({ name: "organization", max: env().ORGANIZATIONS_MAX, windowSeconds: 3_600 });

/** Founds an organization that the actor owns. A provider gets its default space, its Sandbox with test application, and Production. Throws TOO_MANY_ATTEMPTS. */
export async function createOrganization(
  actor: Actor,
  input: CreateOrganizationInput,
  clock: Clock = systemClock,
): Promise<{ id: string; slug: string; xid: bigint | null }> {
  const founder = authorizeSelf(actor);
  if ((await takeAttempt(budget(), founder.userId, clock())) > 0) {
    throw new AppError("TOO_MANY_ATTEMPTS", {
      detail: "You have founded many organizations within the hour. Try again later.",
    });
  }
  const testSecret = input.isProvider ? await prepareSecret("sandbox", { by: actor }) : null;
  return transaction(async (tx) => {
    await lockNames(tx);
    return insertOrganization(tx, founder, input, testSecret);
  });
}
