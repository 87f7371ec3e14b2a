import type { Actor } from "#lib/access/actor.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { createCredential } from "#lib/credential/create-credential.ts";
import { db } from "#lib/db/client.ts";

interface ApplicationSeed {
  organizationId: string;
  name: string;
  description: string;
}

/**
 * An application with a sandbox credential, and that credential's secret. Where the application is there already, say
 * from an interrupted run, it gets another credential: the first one's secret cannot be read again.
 */
export async function ensureApplication(actor: Actor, seed: ApplicationSeed) {
  const known = await db().application.findFirst({
    where: { organizationId: seed.organizationId, name: seed.name },
    select: { id: true },
  });
  if (!known) {
    const { applicationId, credential } = await registerApplication(actor, { ...seed, environment: "sandbox" });
    return { applicationId, clientId: credential.clientId, clientSecret: credential.secret };
  }
  const again = { applicationId: known.id, environment: "sandbox", name: "First-run" } as const;
  const { clientId, secret } = await createCredential(actor, again);
  return { applicationId: known.id, clientId, clientSecret: secret };
}
