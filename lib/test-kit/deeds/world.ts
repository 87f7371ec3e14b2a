import type { UserActor } from "#lib/access/actor.ts";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { db } from "#lib/db/client.ts";
import { createProduct } from "#lib/product/create-product.ts";
import { planInput } from "#lib/product/product.schema.ts";
import { publishProduct } from "#lib/product/publish-product.ts";
import { consumer, member, provider } from "../people.ts";
import { saveProduct } from "../save-product.ts";

/** Who acts, through all rounds. */
export interface Cast {
  provider: { owner: UserActor; editor: UserActor; slug: string; organizationId: string };
  developer: { owner: UserActor; slug: string; organizationId: string };
  guest: UserActor;
  catalogId: string;
}

export async function makeCast(guest: UserActor): Promise<Cast> {
  const [acme, northwind] = [await provider("Acme"), await consumer("Northwind")];
  const where = { organizationId: acme.organizationId, slug: "sandbox" };
  const { id: catalogId } = await db().catalog.findFirstOrThrow({ where });
  const editor = await member(acme.organizationId, "editor");
  return { provider: { ...acme, editor }, developer: northwind, guest, catalogId };
}

/** What a round's deeds are about, as it stands before they start at once. */
export interface Scene {
  apiId: string;
  productId: string;
  /** null: the product is not published. */
  releaseId: string | null;
  /** Of the release, offered. */
  plans: { id: string; title: string }[];
  applicationId: string;
  application: string;
  credentialId: string;
  /** Open ones of the application to the product. */
  subscriptions: { id: string; state: string }[];
}

let made = 0;

/** Makes what is missing for a round, and brings it into one of several states: `mood` chooses. */
export async function setScene(cast: Cast, mood: number): Promise<Scene> {
  const { owner, slug } = cast.provider;
  const apiId = await anApi(cast);
  const productId = await aProduct(cast, apiId);
  const titles = [["Gold", "Silver"], ["Gold"], ["Gold", "Silver", "Bronze"]][mood % 3] ?? [];
  const save = (names: string[]) =>
    saveProduct(owner, {
      id: productId,
      title: `Product of ${slug}`,
      apiIds: [apiId],
      // Bronze asks for approval.
      plans: names.map((title) => planInput.parse({ title, rateLimit: "", requiresApproval: title === "Bronze" })),
    });
  const isPublished = (await db().productRelease.count({ where: { productId, state: "published" } })) > 0;
  if (!isPublished && mood % 4 !== 0) {
    await save(["Gold", "Silver", "Bronze"]);
    await publishProduct(owner, { productId, catalogId: cast.catalogId });
  }
  if (mood % 5 !== 0) await save(titles);
  const application = await anApplication(cast);
  const release = await db().productRelease.findFirst({
    where: { productId, state: "published" },
    select: {
      id: true,
      plans: { where: { endedAt: null }, select: { id: true, title: true }, orderBy: { title: "asc" } },
    },
  });
  const subscriptions = await db().subscription.findMany({
    where: { productId, applicationId: application.id, state: { in: ["pending", "active", "suspended"] } },
    select: { id: true, state: true },
  });
  return {
    apiId,
    productId,
    releaseId: release?.id ?? null,
    plans: release?.plans ?? [],
    applicationId: application.id,
    application: application.name,
    credentialId: application.credentialId,
    subscriptions,
  };
}

async function anApi(cast: Cast): Promise<string> {
  const { owner, slug, organizationId } = cast.provider;
  const known = await db().apiDefinition.findFirst({ where: { space: { organizationId } }, select: { id: true } });
  if (known) return known.id;
  made += 1;
  const at = { title: `Weather ${made}`, basePath: `/weather-${made}`, backendUrl: "http://127.0.0.1:4010" };
  return (await createApiDefinition(owner, { organization: slug, ...at })).id;
}

async function aProduct(cast: Cast, apiId: string): Promise<string> {
  const { owner, slug, organizationId } = cast.provider;
  const holding = await db().productApi.findFirst({ where: { apiDefinitionId: apiId }, select: { productId: true } });
  if (holding) return holding.productId;
  const known = await db().product.findFirst({
    where: { space: { organizationId }, deletedAt: null },
    select: { id: true },
  });
  if (known) return known.id;
  made += 1;
  return (await createProduct(owner, { organization: slug, title: `Product ${made}`, version: "1.0.0" })).id;
}

async function anApplication(cast: Cast): Promise<{ id: string; name: string; credentialId: string }> {
  const { owner, organizationId } = cast.developer;
  const known = await db().application.findFirst({
    where: { organizationId, isTest: false, credentials: { some: { status: "active", kind: "standard" } } },
    select: { id: true, name: true, credentials: { where: { status: "active" }, select: { id: true }, take: 1 } },
    orderBy: { createdAt: "desc" },
  });
  const [credential] = known?.credentials ?? [];
  if (known && credential) return { id: known.id, name: known.name, credentialId: credential.id };
  made += 1;
  const named = { organizationId, name: `Storefront ${made}`, environment: "sandbox" as const };
  const registered = await registerApplication(owner, named);
  return { id: registered.applicationId, name: named.name, credentialId: registered.credential.credentialId };
}
