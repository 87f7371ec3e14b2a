import type { UserActor } from "#lib/access/actor.ts";
import { hashPassword } from "#lib/crypto/password.ts";
import { isUniqueViolation, transaction } from "#lib/db/client.ts";
import { fieldError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { insertOrganization } from "#lib/organization/insert-organization.ts";
import type { SignUpInput } from "./identity.schema.ts";

/**
 * Makes an account and, unless the person comes by invitation, a consumer organization of their own, so that an
 * application can be registered at once. Anybody may call it. Field errors: `email` when the address is taken.
 */
export async function signUp(
  input: SignUpInput,
  options: { withOrganization?: boolean } = {},
): Promise<{ userId: string }> {
  const passwordHash = await hashPassword(input.password);
  const userId = newId();
  try {
    await transaction(async (tx) => {
      await tx.user.create({ data: { id: userId, email: input.email, name: input.name, passwordHash } });
      if (options.withOrganization ?? true) {
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
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw fieldError("email", "An account with this address exists. Sign in instead.");
    throw error;
  }
  return { userId };
}
