import type { UserActor } from "#lib/access/actor.ts";
import { indexMissing } from "#lib/catalog/index-api.ts";
import { db } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { actorOfUser } from "#lib/identity/read-actor.ts";
import { newId } from "#lib/ids.ts";
import { createOrganization } from "#lib/organization/create-organization.ts";

export interface Amount {
  providers: number;
  apisEach: number;
  operationsEach: number;
  consumers: number;
  applicationsEach: number;
  /** Over all applications, in turn. */
  subscriptions: number;
  /** Of the first provider's audit log and members. */
  events: number;
  members: number;
}

/** 1,000 APIs, 65,000 operations, 50,000 applications, 80,000 subscriptions. */
export const MANY: Amount = {
  ...{ providers: 40, apisEach: 25, operationsEach: 65 },
  ...{ consumers: 200, applicationsEach: 250, subscriptions: 80_000 },
  ...{ events: 50_000, members: 600 },
};

/** The same shape, a hundredth of it: what the many are compared with. */
export const FEW: Amount = {
  ...{ providers: 2, apisEach: 5, operationsEach: 65 },
  ...{ consumers: 2, applicationsEach: 250, subscriptions: 800 },
  ...{ events: 100, members: 30 },
};

export interface Seeded {
  /** Owns the first provider. */
  provider: UserActor;
  providerSlug: string;
  providerId: string;
  /** Owns the first consumer. */
  consumer: UserActor;
  applicationId: string;
  /** Of the first provider's sandbox. */
  catalogId: string;
  releaseProductId: string;
  apiSlug: string;
  operationKey: string;
}

/** Rows of one statement: PostgreSQL takes 65,535 values. */
const BATCH = 1_000;

async function inBatches<T>(rows: T[], insert: (some: T[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < rows.length; start += BATCH) await insert(rows.slice(start, start + BATCH));
}

const NOUNS = "invoice customer parcel pod booking sensor ledger ticket flight order meter claim".split(" ");
const VERBS = "list get create update cancel search".split(" ");
const noun = (n: number): string => NOUNS[n % NOUNS.length] ?? "";
const verb = (n: number): string => VERBS[n % VERBS.length] ?? "";
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** About 2 KB, in which every API shares most words and has some of its own. */
const description = (n: number): string =>
  `The ${noun(n)} service number ${n}.\n\n${Array.from({ length: 40 }, (_, at) => `Use ${noun(n + at)} ${verb(at)} with care, case ${n * at}.`).join(" ")}`;

async function founded(name: string, isProvider: boolean): Promise<{ owner: UserActor; id: string; slug: string }> {
  const userId = newId();
  const email = `${userId}@bench.example`;
  await db().user.create({ data: { id: userId, email, name: `Owner of ${name}`, passwordHash: "" } });
  const { id, slug } = await createOrganization(await actorOfUser(userId), {
    name,
    isProvider,
    isConsumer: !isProvider,
  });
  return { owner: await actorOfUser(userId), id, slug };
}

interface Released {
  catalogId: string;
  productId: string;
  releaseId: string;
  releasePlanId: string;
  slug: string;
}

/** Fills an installation with rows as publishing and subscribing would make them; `tag` keeps two fillings apart. */
export async function seedMany(amount: Amount, tag: string): Promise<Seeded> {
  const providers = [];
  const released: Released[] = [];
  for (let n = 0; n < amount.providers; n += 1) {
    const provider = await founded(`Provider ${tag} ${n}`, true);
    providers.push(provider);
    released.push(...(await publishAll(provider.id, amount, tag, n)));
  }
  const consumers = [];
  for (let n = 0; n < amount.consumers; n += 1) consumers.push(await founded(`Consumer ${tag} ${n}`, false));
  const applicationIds = await registerAll(consumers, amount);
  await subscribeAll(applicationIds, released, amount.subscriptions);
  const [provider] = providers;
  const [consumer] = consumers;
  const [first] = released;
  if (!provider || !consumer || !first) throw new Error("at least one of each");
  await crowd(provider, amount);
  while ((await indexMissing()) > 0);
  await db().$executeRaw`analyze`;
  return {
    provider: provider.owner,
    providerSlug: provider.slug,
    providerId: provider.id,
    consumer: consumer.owner,
    applicationId: applicationIds[0] ?? "",
    catalogId: first.catalogId,
    releaseProductId: first.productId,
    apiSlug: first.slug,
    operationKey: operationKey(0),
  };
}

const operationKey = (n: number): string => `${verb(n)}${capital(noun(Math.floor(n / VERBS.length)))}${n}`;

async function publishAll(organizationId: string, amount: Amount, tag: string, provider: number): Promise<Released[]> {
  const space = await db().space.findFirstOrThrow({ where: { organizationId }, select: { id: true } });
  const catalog = await db().catalog.findFirstOrThrow({ where: { organizationId, isDefault: true } });
  const released: Released[] = [];
  for (let n = 0; n < amount.apisEach; n += 1) {
    const number = provider * amount.apisEach + n;
    const title = `${capital(noun(number))} ${tag} ${number}`;
    const name = title.toLowerCase().replaceAll(" ", "-");
    const text = { title, version: "1.0.0", basePath: `/${name}`, source: "" };
    const [apiId, revisionId, publishedApiId, productId, releaseId, releasePlanId] = Array.from({ length: 6 }, newId);
    if (!apiId || !revisionId || !publishedApiId || !productId || !releaseId || !releasePlanId) continue;
    const operations = Array.from({ length: amount.operationsEach }, (_, at) => operation(revisionId, at));
    const api = { ...text, id: apiId, spaceId: space.id, name, format: "openapi-3.0", outline: [] };
    await db().apiDefinition.create({ data: api });
    await db().apiRevision.create({
      data: {
        ...text,
        id: revisionId,
        apiDefinitionId: apiId,
        hash: apiId,
        description: description(number),
        compiled: compiled(operations),
      },
    });
    await db().operation.createMany({ data: operations });
    const live = { id: publishedApiId, apiDefinitionId: apiId, catalogId: catalog.id, spaceId: space.id, revisionId };
    await db().publishedApi.create({ data: { ...live, basePath: text.basePath, slug: `${name}-1.0.0` } });
    const product = { id: productId, spaceId: space.id, name, version: "1.0.0", title };
    await db().product.create({ data: product });
    await db().productRelease.create({
      data: { id: releaseId, productId, catalogId: catalog.id, title, version: "1.0.0" },
    });
    await db().releaseApi.create({ data: { releaseId, publishedApiId } });
    const plan = { releaseId, position: 0, name: "default", title: "Default", rateLimits: [], requiresApproval: false };
    await db().releasePlan.create({ data: { id: releasePlanId, ...plan } });
    released.push({ catalogId: catalog.id, productId, releaseId, releasePlanId, slug: name });
  }
  return released;
}

function operation(revisionId: string, n: number): Prisma.OperationCreateManyInput {
  const word = noun(Math.floor(n / VERBS.length));
  const parameters = [`${word}Id`, "pageSize", `sortBy${capital(word)}`].map((name, at) => ({
    ...{ name, in: at === 0 ? "path" : "query", required: at === 0, type: "string", enum: [], example: "" },
    description: `What ${name} is for. `.repeat(6),
  }));
  return {
    id: newId(),
    revisionId,
    position: n,
    key: operationKey(n),
    method: "GET",
    pathTemplate: `/v1/${word}s/${n}/{${word}Id}`,
    summary: `${capital(verb(n))} a ${word}`,
    description: `Answers with the ${word}. `.repeat(8),
    tags: [capital(word)],
    security: [],
    slice: { parameters, body: null, responses: [{ status: "200", description: "Done" }] },
  };
}

const compiled = (operations: Prisma.OperationCreateManyInput[]): Prisma.InputJsonObject => ({
  format: 1,
  basePath: "/",
  enforced: true,
  schemes: { id: { key: "client_id", in: "header", name: "X-IBM-Client-Id" } },
  forwardsAuthorization: false,
  operations: operations.map(({ key, method, pathTemplate }) => ({
    key,
    method,
    path: pathTemplate,
    security: [["id"]],
  })),
});

async function registerAll(consumers: { id: string }[], amount: Amount): Promise<string[]> {
  const rows = consumers.flatMap(({ id: organizationId }) =>
    Array.from({ length: amount.applicationsEach }, (_, n) => ({
      id: newId(),
      organizationId,
      name: `Application ${n}`,
    })),
  );
  await inBatches(rows, (data) => db().application.createMany({ data }));
  const credentials = rows.map(({ id }) => ({
    ...{ id: newId(), applicationId: id, clientId: newId().replaceAll("-", ""), name: "Main" },
    environment: "sandbox" as const,
  }));
  await inBatches(credentials, (data) => db().credential.createMany({ data }));
  return rows.map(({ id }) => id);
}

async function subscribeAll(applicationIds: string[], released: Released[], count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => {
    // The second round of an application is another product than its first.
    const round = Math.floor(n / applicationIds.length);
    const { slug: _slug, ...release } = released[(n + round) % released.length] as Released;
    return {
      id: newId(),
      applicationId: applicationIds[n % applicationIds.length] ?? "",
      ...release,
      state: "active" as const,
    };
  });
  await inBatches(rows, (data) => db().subscription.createMany({ data }));
}

/** Members and events of one organization. */
async function crowd({ id: organizationId }: { id: string }, amount: Amount): Promise<void> {
  const people = Array.from({ length: amount.members }, (_, n) => ({ id: newId(), name: `Member ${n}` }));
  await inBatches(people, (data) =>
    db().user.createMany({ data: data.map((row) => ({ ...row, email: `${row.id}@bench.example`, passwordHash: "" })) }),
  );
  await inBatches(people, (data) =>
    db().membership.createMany({
      data: data.map(({ id }) => ({ id: newId(), organizationId, userId: id, role: "viewer" as const })),
    }),
  );
  const events = Array.from({ length: amount.events }, (_, n) => ({
    ...{ id: newId(), organizationId, actorName: "Bench", action: "api.saved", targetType: "api", targetId: newId() },
    targetName: `API ${n}`,
    createdAt: new Date(Date.UTC(2026, 0, 1) + n * 1_000),
  }));
  await inBatches(events, (data) => db().auditEvent.createMany({ data }));
}
