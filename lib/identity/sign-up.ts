import type { UserActor } from "#lib/access/actor.ts";
import { recordSecurityEvent } from "#lib/audit/record-security-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { withHashing } from "#lib/crypto/password.ts";
import { transaction } from "#lib/db/client.ts";
import { lockNames } from "#lib/db/lock-rows.ts";
import { env } from "#lib/env.ts";
import { AppError, fieldError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { subjectOf } from "#lib/net/address-subject.ts";
import { readInvitation } from "#lib/organization/accept-invitation.ts";
import { insertOrganization } from "#lib/organization/insert-organization.ts";
import { type Budget, takeAttempt } from "./attempts.ts";
import type { SignUpInput } from "./identity.schema.ts";
import { passwordWeakness } from "./password-strength.ts";

/** Of one address, taken or not: each answer says whether an account exists. */
const budget = (): Budget => ({ name: "sign-up", max: env().SIGN_UPS_MAX, windowSeconds: 3_600 });

/**
 * Makes an account and, unless the person comes by an invitation (`invitation` is its token, good for its address
 * alone), a consumer organization of their own, so that an application can be registered at once. Anybody may call it,
 * from `address`; null is the installation itself, for its first-run data. Field errors: `email` when the address is
 * taken or not the invited one, `password` when it is easy to guess. Throws NOT_FOUND for an invitation that has ended,
 * TOO_MANY_ATTEMPTS, OVERLOADED.
 */
export async function signUp(
  input: SignUpInput,
  options: { address: string | null; withOrganization?: boolean; invitation?: string },
  clock: Clock = systemClock,
): Promise<{ userId: string }> {
  if (options.invitation !== undefined) {
    const { email } = await readInvitation(options.invitation, clock);
    if (email !== input.email) throw fieldError("email", "This invitation is for another address.");
  }
  const from = options.address === null ? null : subjectOf(options.address);
  const passwordHash = await withHashing(from ?? "installation", async ({ hash }) => {
    if (from !== null && (await takeAttempt(budget(), from, clock())) > 0) {
      await recordSecurityEvent({
        action: "sign-up.refused",
        by: { userId: null, name: "Somebody" },
        on: input.email,
        from,
        code: "TOO_MANY_ATTEMPTS",
      });
      throw new AppError("TOO_MANY_ATTEMPTS", {
        detail: "Many accounts were made from your network within the hour. Try again later.",
      });
    }
    const weakness =
      from === null ? null : await passwordWeakness(input.password, [input.name, input.email, input.organization]);
    if (weakness) throw fieldError("password", weakness);
    return hash(input.password);
  });
  const userId = newId();
  const withOrganization = options.withOrganization ?? options.invitation === undefined;
  await transaction(
    async (tx) => {
      // Before the account: who waits for a name must not hold an address that the one before is waiting for.
      if (withOrganization) await lockNames(tx);
      await tx.user.create({ data: { id: userId, email: input.email, name: input.name, passwordHash } });
      if (withOrganization) {
        const name = input.organization || `${input.name}'s organization`;
        const founder: UserActor = {
          kind: "user",
          userId,
          sessionId: "",
          name: input.name,
          email: input.email,
          isAdministrator: false,
          memberships: [],
        };
        await insertOrganization(tx, founder, { name, isProvider: false, isConsumer: true }, null);
      }
    },
    { User_email_key: fieldError("email", "An account with this address exists. Sign in instead.") },
  );
  if (from !== null) {
    const by = { userId, name: input.name };
    await recordSecurityEvent({ action: "account.created", by, on: input.email, from });
  }
  return { userId };
}
