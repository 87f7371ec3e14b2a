import type { UserActor } from "#lib/access/actor.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import type { PreparedSecret } from "#lib/credential/issue-credential.ts";
import type { Tx } from "#lib/db/client.ts";
import { newId, slugify } from "#lib/ids.ts";
import { makeProvider } from "./make-provider.ts";
import type { CreateOrganizationInput } from "./organization.schema.ts";

/** First segments of portal addresses and gateway paths that no organization may be called. */
const RESERVED = new Set([
  "api",
  "apis",
  "oidc",
  "well-known",
  "admin",
  "portico",
  "new",
  "account",
  "provider",
  "healthz",
  "readyz",
  "metrics",
]);

/** A slug that no organization and no path prefix has: `acme`, else `acme-2`, … The caller holds the names (`lockNames`). */
async function freeSlug(tx: Tx, name: string): Promise<string> {
  const base = slugify(name) || "organization";
  for (let n = 1; ; n += 1) {
    const slug = n === 1 ? base : `${base}-${n}`;
    if (RESERVED.has(slug)) continue;
    const taken = await tx.organization.findFirst({ where: { slug }, select: { id: true } });
    const prefixTaken = await tx.space.findFirst({ where: { pathPrefix: slug }, select: { id: true } });
    if (!taken && !prefixTaken) return slug;
  }
}

/** Inserts an organization with its founder as owner; as a provider with space, Sandbox and Production. Part of a use case's transaction, which has locked the names; `testSecret` is given for a provider and for none else. */
export async function insertOrganization(
  tx: Tx,
  founder: UserActor,
  input: CreateOrganizationInput,
  testSecret: PreparedSecret | null,
): Promise<{ id: string; slug: string; xid: bigint | null }> {
  const id = newId();
  const slug = await freeSlug(tx, input.name);
  await tx.organization.create({
    data: { id, slug, name: input.name, isProvider: input.isProvider, isConsumer: input.isConsumer },
  });
  await tx.membership.create({ data: { id: newId(), organizationId: id, userId: founder.userId, role: "owner" } });
  await recordEvent(tx, founder, "organization.created", {
    organizationId: id,
    type: "organization",
    id,
    name: input.name,
  });
  const xid = testSecret ? await makeProvider(tx, { id, slug }, testSecret) : null;
  return { id, slug, xid };
}
