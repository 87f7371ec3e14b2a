import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { seal } from "#lib/crypto/seal.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { fieldError, notFound } from "#lib/errors/app-error.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";
import { checkBackendAddress } from "#lib/net/backend-address.ts";
import { type SetBackendInput, setBackendInput } from "./backend.schema.ts";

/**
 * Sets where an API's calls go in one catalog and how the gateway signs in there; calls follow at once when the API
 * is live. Returns the transaction for `waitUntilLive`, null when no gateway has to hear of it. An empty password
 * keeps the stored one, as long as the host is the same. Errors: INPUT_INVALID beside `url`, `username` or `password`.
 */
export async function setBackend(actor: Actor, input: SetBackendInput): Promise<{ xid: bigint | null }> {
  const permit = authorize(actor, "api:write");
  const { apiId, catalogId, authKind, username, password, url: given } = setBackendInput.parse(input);
  const api = await db().apiDefinition.findFirst({
    where: { id: apiId, ...ownedThrough("space", permit) },
    select: { title: true, space: { select: { organizationId: true } } },
  });
  if (!api) throw notFound();
  const organizationId = api.space.organizationId;
  const catalog = await db().catalog.findFirst({
    where: { id: catalogId, organizationId, ...ownedBy(permit) },
    select: { title: true },
  });
  if (!catalog) throw notFound();
  const url = await checkBackendAddress(given);
  const basic = authKind === "basic";
  if (basic && username === "") throw fieldError("username", "Enter the user name of the functional ID.");

  return transaction(async (tx) => {
    const key = { apiDefinitionId: apiId, catalogId };
    const stored = await tx.backend.findUnique({
      where: { apiDefinitionId_catalogId: key },
      select: { id: true, sealKeyId: true, url: true },
    });
    const id = stored?.id ?? newId();
    if (basic && password === "") requireKept(stored, url);
    const values = {
      url,
      authKind,
      username: basic ? username : "",
      updatedAt: new Date(),
      ...box(id, basic, password),
    };
    // No upsert: PostgreSQL checks the row that it would have inserted, which lacks a kept password.
    if (stored) await tx.backend.update({ where: { id }, data: values });
    else await tx.backend.create({ data: { id, ...key, ...values } });
    const target = { organizationId, type: "api", id: apiId, name: api.title };
    await recordEvent(tx, permit, "backend.set", target, { catalog: catalog.title, url, authKind });
    return { xid: await announce(tx, apiId, catalogId) };
  });
}

/** A kept password goes to the host that it was entered for: else whoever may edit could have it sent to their own (S14). */
function requireKept(stored: { sealKeyId: string | null; url: string } | null, url: string): void {
  if (!stored?.sealKeyId) throw fieldError("password", "Enter the password.");
  if (new URL(stored.url).origin !== new URL(url).origin)
    throw fieldError("password", "Enter the password again: the address leads to another host.");
}

/** The password's columns: sealed for this row, kept, or cleared. */
function box(id: string, basic: boolean, password: string) {
  if (!basic) return { sealedPassword: null, sealKeyId: null };
  if (password === "") return {};
  const sealed = seal(password, id);
  return { sealedPassword: sealed.box, sealKeyId: sealed.keyId };
}

async function announce(tx: Tx, apiDefinitionId: string, catalogId: string): Promise<bigint | null> {
  const live = await tx.publishedApi.findUnique({
    where: { apiDefinitionId_catalogId: { apiDefinitionId, catalogId } },
    select: { id: true },
  });
  return live ? recordChange(tx, "published-api", live.id) : null;
}
