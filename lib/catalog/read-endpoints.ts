import type { Actor } from "#lib/access/actor.ts";
import { mayIn } from "#lib/access/authorize.ts";
import { sealKey } from "#lib/crypto/keys.ts";
import { unseal } from "#lib/crypto/seal.ts";
import { db } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { ALIVE_MS } from "#lib/gateway-feed/gateway-node.ts";
import { type Part, partOf } from "#lib/page.rules.ts";
import { type CatalogDto, readCatalog } from "./read-catalog.ts";

const GATEWAYS_MAX = 50;
const PRODUCTS_MAX = 100;

export interface TestCredentialDto {
  clientId: string;
  /** The recoverable test value; no other secret can be read (S53, S54). null: it was sealed with a key that is missing. */
  secret: string | null;
  /** The ID of that key. */
  missingKeyId: string | null;
  /** Products that the test application is subscribed to. */
  products: Part<{ title: string; version: string }>;
}

export interface EndpointsDto {
  catalog: CatalogDto;
  gatewayUrl: string;
  portalUrl: string;
  pathPrefix: string;
  gateways: Part<{ address: string; startedAt: Date; heartbeatAt: Date }>;
  /** null where the catalog is no sandbox, or the role may not see test values. */
  test: TestCredentialDto | null;
}

/** Where callers reach a catalog, the gateways that serve it, and the sandbox's test values (S53). */
export async function readEndpoints(actor: Actor, organization: string, catalogSlug: string): Promise<EndpointsDto> {
  const catalog = await readCatalog(actor, organization, catalogSlug);
  const space = await db().space.findFirstOrThrow({
    where: { organizationId: catalog.organizationId, slug: null },
    select: { pathPrefix: true },
  });
  const gateways = await db().gatewayNode.findMany({
    where: { heartbeatAt: { gt: new Date(Date.now() - ALIVE_MS) } },
    select: { address: true, startedAt: true, heartbeatAt: true },
    orderBy: { startedAt: "asc" },
    take: GATEWAYS_MAX + 1,
  });
  const pathPrefix = `/${space.pathPrefix}/${catalog.slug}`;
  return {
    catalog,
    gatewayUrl: env().GATEWAY_URL + pathPrefix,
    portalUrl: env().PORTAL_URL,
    pathPrefix,
    gateways: partOf(gateways, GATEWAYS_MAX),
    test: await readTestCredentialOf(actor, catalog),
  };
}

async function readTestCredentialOf(actor: Actor, catalog: CatalogDto): Promise<TestCredentialDto | null> {
  if (catalog.kind !== "sandbox") return null;
  return mayIn(actor, "test-credential:read", catalog.organizationId) ? openTestCredential(catalog.id) : null;
}

async function openTestCredential(catalogId: string): Promise<TestCredentialDto | null> {
  const row = await db().sandboxTestCredential.findUnique({
    where: { catalogId },
    select: {
      sealedSecret: true,
      sealKeyId: true,
      credential: { select: { clientId: true } },
      application: {
        select: {
          subscriptions: {
            where: { state: "active" },
            select: { release: { select: { title: true, version: true } } },
            orderBy: { createdAt: "asc" },
            take: PRODUCTS_MAX + 1,
          },
        },
      },
    },
  });
  if (!row) return null;
  const isOurs = row.sealKeyId === sealKey().id;
  return {
    clientId: row.credential.clientId,
    secret: isOurs ? unseal({ box: row.sealedSecret, keyId: row.sealKeyId }, catalogId) : null,
    missingKeyId: isOurs ? null : row.sealKeyId,
    products: partOf(
      row.application.subscriptions.map((s) => s.release),
      PRODUCTS_MAX,
    ),
  };
}

/** The test values of a provider's sandbox, for the test panel; null where the role may not see them. */
export async function readTestCredential(
  actor: Actor,
  organization: string,
  catalogSlug: string,
): Promise<TestCredentialDto | null> {
  return readTestCredentialOf(actor, await readCatalog(actor, organization, catalogSlug));
}
