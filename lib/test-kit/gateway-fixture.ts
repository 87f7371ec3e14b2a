import type { CompiledApi, CompiledScheme } from "#lib/api-definition/compiled.ts";
import type { BackendForGateway } from "#lib/backend/read-backends-for-gateway.ts";
import { clientKeyContext } from "#lib/backend/tls.ts";
import { makeVerifier, newClientSecret } from "#lib/crypto/client-secret.ts";
import { seal } from "#lib/crypto/seal.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { type ChangeKind, recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { newClientId, newId } from "#lib/ids.ts";
import type { BurstLimit, LimitSet, Quota, RateLimit } from "#lib/product/plan.rules.ts";
import { backendRow } from "./backend-row.ts";

/** Where APIs are published: "/prefix/sandbox" and "/prefix/production" of one provider. */
export interface FixturePlace {
  organizationId: string;
  spaceId: string;
  prefix: string;
  sandboxId: string;
  productionId: string;
}

export interface FixtureApi {
  place: FixturePlace;
  backendUrl: string;
  basePath: string;
  schemes?: Record<string, CompiledScheme>;
  operations: CompiledApi["operations"];
  enforced?: boolean;
  forwardsAuthorization?: boolean;
  /** How the gateway signs in at the backend, and what it allows it; not at all when left out. */
  backend?: Partial<BackendForGateway>;
  catalog?: "sandbox" | "production";
  rateLimits?: RateLimit[];
  burstLimits?: BurstLimit[];
  quotas?: Quota[];
  /** Of operations of this API: "GET /x". */
  operationLimits?: (Partial<LimitSet> & { operation: string })[];
  /** What the definition says of networks, browsers and requests. */
  admission?: Pick<CompiledApi, "networks" | "cors" | "validation">;
  /** In place of the compiled form, to show what a damaged row does. */
  compiled?: unknown;
}

export interface FixturePublished {
  publishedApiId: string;
  apiDefinitionId: string;
  catalogId: string;
  productId: string;
  releaseId: string;
  planId: string;
  /** Path of the API on the gateway, "/prefix/sandbox/base". */
  path: string;
}

export interface FixtureCredential {
  id: string;
  applicationId: string;
  clientId: string;
  secret: string;
}

/** Announces a change in the same transaction and waits until every gateway has it. */
export async function change(kind: ChangeKind, id: string, work: (tx: Tx) => Promise<unknown>): Promise<LiveState> {
  const xid = await transaction(async (tx) => {
    await work(tx);
    return recordChange(tx, kind, id);
  });
  // The portal waits for two seconds; a busy machine may need more, and is not what is tested.
  return waitUntilLive(xid, { kind: "system", name: "Test" }, 20_000);
}

/** A provider with its default space, a sandbox and a production catalog. */
export async function makePlace(): Promise<FixturePlace> {
  const organizationId = newId();
  const prefix = `gw-${organizationId.replaceAll("-", "").slice(-12)}`;
  const spaceId = newId();
  const sandboxId = newId();
  const productionId = newId();
  await db().organization.create({ data: { id: organizationId, slug: prefix, name: prefix, isProvider: true } });
  await db().space.create({ data: { id: spaceId, organizationId, pathPrefix: prefix } });
  await db().catalog.createMany({
    data: [
      { id: sandboxId, organizationId, slug: "sandbox", title: "Sandbox", kind: "sandbox", isDefault: true },
      { id: productionId, organizationId, slug: "production", title: "Production", kind: "production" },
    ],
  });
  return { organizationId, spaceId, prefix, sandboxId, productionId };
}

const toJson = (list: readonly object[] = []) => list as Prisma.InputJsonArray;

/** Publishes an API with a product of its own and one plan, and waits until gateways serve it. */
export async function publish(api: FixtureApi): Promise<FixturePublished> {
  const { place } = api;
  const catalogId = api.catalog === "production" ? place.productionId : place.sandboxId;
  const [apiDefinitionId, revisionId, publishedApiId] = [newId(), newId(), newId()];
  const [productId, releaseId, planId, backendId] = [newId(), newId(), newId(), newId()];
  const name = `api-${apiDefinitionId.slice(-12)}`;
  const compiled = api.compiled ?? {
    format: 1,
    basePath: api.basePath,
    enforced: api.enforced ?? true,
    schemes: api.schemes ?? {},
    forwardsAuthorization: api.forwardsAuthorization ?? false,
    operations: api.operations,
    ...api.admission,
  };
  const text = { title: name, version: "1.0.0", basePath: api.basePath, source: "" };
  await change("release", releaseId, async (tx) => {
    await tx.apiDefinition.create({
      data: { id: apiDefinitionId, spaceId: place.spaceId, name, ...text, format: "openapi-3.0", outline: [] },
    });
    await tx.apiRevision.create({
      data: { id: revisionId, apiDefinitionId, hash: name, ...text, compiled: compiled as object },
    });
    await tx.backend.create({
      data: {
        id: backendId,
        apiDefinitionId,
        catalogId,
        ...backendColumns(backendId, backendRow(api.backendUrl, api.backend)),
      },
    });
    await tx.publishedApi.create({
      data: {
        id: publishedApiId,
        apiDefinitionId,
        catalogId,
        spaceId: place.spaceId,
        revisionId,
        basePath: api.basePath,
        slug: name,
      },
    });
    const product = { spaceId: place.spaceId, name, version: "1.0.0", title: name };
    await tx.product.create({ data: { id: productId, ...product } });
    await tx.productRelease.create({ data: { id: releaseId, productId, catalogId, title: name, version: "1.0.0" } });
    await tx.releasePlan.create({
      data: {
        id: planId,
        releaseId,
        position: 0,
        name: "default",
        title: "Default",
        rateLimits: toJson(api.rateLimits),
        burstLimits: toJson(api.burstLimits),
        quotas: toJson(api.quotas),
        operationLimits: toJson(
          api.operationLimits?.map((own) => ({
            apiId: apiDefinitionId,
            rateLimits: [],
            burstLimits: [],
            quotas: [],
            ...own,
          })),
        ),
        requiresApproval: false,
      },
    });
    await tx.releaseApi.create({ data: { releaseId, publishedApiId } });
  });
  const path = `/${place.prefix}/${api.catalog ?? "sandbox"}${api.basePath === "/" ? "" : api.basePath}`;
  return { publishedApiId, apiDefinitionId, catalogId, productId, releaseId, planId, path };
}

/** Puts another backend in the place of a published API's, and waits until gateways use it. */
export async function changeBackend(published: FixturePublished, row: BackendForGateway): Promise<LiveState> {
  const { apiDefinitionId, catalogId, publishedApiId } = published;
  const where = { apiDefinitionId_catalogId: { apiDefinitionId, catalogId } };
  const { id } = await db().backend.findUniqueOrThrow({ where, select: { id: true } });
  return change("published-api", publishedApiId, (tx) => tx.backend.update({ where, data: backendColumns(id, row) }));
}

/** The columns of a backend, its secrets sealed as the portal does. */
function backendColumns(id: string, { password, identity, ...row }: BackendForGateway) {
  const sealed = row.authKind === "none" ? null : seal(password, id);
  const key = identity && seal(identity.key, clientKeyContext(id));
  return {
    ...row,
    sealedPassword: sealed?.box ?? null,
    sealKeyId: sealed?.keyId ?? null,
    clientCertificate: identity?.certificate ?? "",
    sealedClientKey: key?.box ?? null,
    clientKeySealKeyId: key?.keyId ?? null,
  };
}

/** An application of the provider itself: the gateway does not ask who owns it. */
export async function makeApplication(place: FixturePlace): Promise<string> {
  const id = newId();
  await change("application", id, (tx) =>
    tx.application.create({ data: { id, organizationId: place.organizationId, name: id } }),
  );
  return id;
}

/** A credential with one secret. Its argon2 record is a placeholder: the gateway never reads it. */
export async function makeCredential(
  applicationId: string,
  options: {
    environment?: "sandbox" | "production";
    expiresAt?: Date;
    kind?: "standard" | "test" | "explore";
    catalogId?: string;
    networks?: string[];
    /** Of API definitions. */
    scope?: string[];
  } = {},
): Promise<FixtureCredential> {
  const id = newId();
  const clientId = newClientId();
  const environment = options.environment ?? "sandbox";
  const secret = newClientSecret(environment);
  await change("credential", id, async (tx) => {
    await tx.credential.create({
      data: {
        id,
        applicationId,
        clientId,
        environment,
        kind: options.kind ?? "standard",
        catalogId: options.catalogId ?? null,
        name: "fixture",
        expiresAt: options.expiresAt ?? null,
        networks: options.networks ?? [],
        scope: options.scope ?? [],
      },
    });
    await addSecret(tx, id, clientId, secret);
  });
  return { id, applicationId, clientId, secret };
}

/** Writes the record of one more secret of a credential. */
export async function addSecret(
  tx: Tx,
  credentialId: string,
  clientId: string,
  secret: string,
  notAfter?: Date,
): Promise<void> {
  const { verifier, keyId } = makeVerifier(clientId, secret);
  await tx.credentialSecret.create({
    data: {
      id: newId(),
      credentialId,
      secretHash: "fixture",
      verifier: new Uint8Array(verifier),
      verifierKeyId: keyId,
      last4: secret.slice(-4),
      notAfter: notAfter ?? null,
    },
  });
}

/** Subscribes an application to the plan of a published API. */
export async function subscribe(
  applicationId: string,
  published: FixturePublished,
  state: "pending" | "active" | "suspended" = "active",
): Promise<string> {
  const id = newId();
  const { productId, catalogId, releaseId, planId: releasePlanId } = published;
  await change("subscription", id, (tx) =>
    tx.subscription.create({ data: { id, applicationId, productId, catalogId, releaseId, releasePlanId, state } }),
  );
  return id;
}
