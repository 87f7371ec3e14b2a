import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";
import { checkBackendAddress } from "#lib/net/backend-address.ts";
import { type SetBackendInput, setBackendInput } from "./backend.schema.ts";
import { checkSignIn, passwordColumns } from "./sign-in.ts";
import { checkTls, tlsColumns } from "./tls.ts";

/**
 * Sets where an API's calls go in one catalog and how the gateway signs in there; calls follow at once when the API
 * is live. Returns the transaction for `waitUntilLive`, null when no gateway has to hear of it. What is write-only
 * stays stored when its field is empty: a password as long as hosts and kind are the same, a certificate until it is
 * to be removed. Errors: INPUT_INVALID beside the field.
 */
export async function setBackend(
  actor: Actor,
  given: SetBackendInput,
  clock: Clock = systemClock,
): Promise<{ xid: bigint | null }> {
  const permit = authorize(actor, "api:write");
  const parsed = setBackendInput.parse(given);
  const { apiId, catalogId, authKind } = parsed;
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
  const url = await checkBackendAddress(parsed.url);
  const input = { ...parsed, url };
  const signIn = await checkSignIn(input);
  const tls = checkTls(input, clock());

  return transaction(async (tx) => {
    // A publish that is under way is waited for, so that the gateways hear of the new address after it.
    if (!(await lockRows(tx, { ApiDefinition: toChange(apiId) }))) throw notFound();
    const key = { apiDefinitionId: apiId, catalogId };
    const stored = await tx.backend.findUnique({
      where: { apiDefinitionId_catalogId: key },
      select: {
        id: true,
        url: true,
        authKind: true,
        tokenUrl: true,
        sealKeyId: true,
        clientCertificate: true,
        authorities: true,
      },
    });
    const id = stored?.id ?? newId();
    const values = {
      url,
      ...signIn,
      ...passwordColumns(id, { ...signIn, url }, input.password, stored),
      ...tlsColumns(id, input, tls, stored),
      proof: input.proof,
      connectTimeoutMs: input.connectTimeoutMs,
      responseTimeoutMs: input.responseTimeoutMs,
      updatedAt: clock(),
    };
    // No upsert: PostgreSQL checks the row that it would have inserted, which lacks a kept password.
    if (stored) await tx.backend.update({ where: { id }, data: values });
    else await tx.backend.create({ data: { id, ...key, ...values } });
    const target = { organizationId, type: "api", id: apiId, name: api.title };
    await recordEvent(tx, permit, "backend.set", target, { catalog: catalog.title, url, authKind });
    return { xid: await announce(tx, apiId, catalogId) };
  });
}

async function announce(tx: Tx, apiDefinitionId: string, catalogId: string): Promise<bigint | null> {
  const live = await tx.publishedApi.findUnique({
    where: { apiDefinitionId_catalogId: { apiDefinitionId, catalogId } },
    select: { id: true },
  });
  return live ? recordChange(tx, "published-api", live.id) : null;
}
