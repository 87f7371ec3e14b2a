import type { Actor } from "#lib/access/actor.ts";
import { authorizeAdministrator } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { transaction } from "#lib/db/client.ts";
import { fieldError } from "#lib/errors/app-error.ts";
import { emailInput } from "./identity.schema.ts";

/**
 * Makes a person with an account an administrator of the installation, or ends that; from their next request on.
 * `changed` is false when it was so already. Field error: `email`.
 */
export async function setAdministrator(
  actor: Actor,
  input: { email: string; isAdministrator: boolean },
): Promise<{ name: string; changed: boolean }> {
  const permit = authorizeAdministrator(actor);
  const parsed = emailInput.safeParse(input.email);
  if (!parsed.success) throw fieldError("email", parsed.error.issues[0]?.message ?? "Enter an e-mail address");
  const { isAdministrator } = input;
  return transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { email: parsed.data }, select: { id: true, name: true } });
    if (!user) throw fieldError("email", `No account has the address ${parsed.data}.`);
    const { count } = await tx.user.updateMany({
      where: { id: user.id, isAdministrator: !isAdministrator },
      data: { isAdministrator },
    });
    if (count > 0) {
      const action = isAdministrator ? "administrator.added" : "administrator.removed";
      await recordEvent(tx, permit, action, { organizationId: null, type: "user", id: user.id, name: user.name });
    }
    return { name: user.name, changed: count > 0 };
  });
}
