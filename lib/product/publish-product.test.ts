import { beforeAll, describe, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { outlineFrom } from "#lib/api-definition/api-definition.dto.ts";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { saveApiDefinition } from "#lib/api-definition/save-api-definition.ts";
import { readPublishedApi } from "#lib/catalog/read-published-api.ts";
import { searchApis } from "#lib/catalog/search-apis.ts";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, member, provider } from "#lib/test-kit/people.ts";
import { saveProduct } from "#lib/test-kit/save-product.ts";
import { createProduct } from "./create-product.ts";
import { deleteProduct } from "./delete-product.ts";
import { planInput } from "./product.schema.ts";
import { publishApi } from "./publish-api.ts";
import { publishProduct } from "./publish-product.ts";
import { readProduct } from "./read-product.ts";
import { retireRelease } from "./retire-release.ts";

ownDatabase();

let owner: UserActor;
let slug: string;
let organizationId: string;
const catalogs: Record<string, string> = {};

beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  ({ owner, slug, organizationId } = await provider("Acme"));
  for (const row of await db().catalog.findMany({ where: { organizationId } })) catalogs[row.slug] = row.id;
});

const sandbox = () => catalogs.sandbox ?? "";
const newApi = (title: string, basePath: string) =>
  createApiDefinition(owner, { organization: slug, title, basePath, backendUrl: "http://127.0.0.1:4010" });
const route = (title: string) =>
  db().publishedApi.findFirst({ where: { api: { title } }, select: { id: true, revisionId: true, basePath: true } });

describe("publishing one API", () => {
  test("makes its product, its route, and the sandbox's test subscription (X8, W26)", async () => {
    const { id } = await newApi("Weather", "/weather");
    const { productId } = await publishApi(owner, { apiId: id, catalogId: sandbox() });
    expect(await readProduct(owner, productId)).toMatchObject({ title: "Weather", plans: [{ title: "Default" }] });
    expect(await route("Weather")).toMatchObject({ basePath: "/weather" });
    const test = await db().subscription.findFirstOrThrow({ where: { productId, application: { isTest: true } } });
    expect(test.state).toBe("active");
  });

  test("shows it in the public catalog with what callers need", async () => {
    const found = await searchApis({ q: "weath" });
    expect(found.rows).toMatchObject([{ title: "Weather", open: false, catalog: { slug: "sandbox" } }]);
    const ref = found.rows[0]?.ref ?? { organization: slug, catalog: "sandbox", api: "" };
    const api = await readPublishedApi(ref);
    expect(api.schemes).toMatchObject([{ key: "client_id", in: "header", name: "X-IBM-Client-Id" }]);
  });

  test("edits are not live until republished (S48), and the same text makes no second revision", async () => {
    const { id } = await newApi("Drafty", "/drafty");
    await publishApi(owner, { apiId: id, catalogId: sandbox() });
    const before = await route("Drafty");
    const draft = await db().apiDefinition.findUniqueOrThrow({ where: { id } });
    await saveApiDefinition(owner, { id, source: `${draft.source}# a remark\n`, sourceVersion: draft.sourceVersion });
    expect((await route("Drafty"))?.revisionId).toBe(before?.revisionId);
    await publishApi(owner, { apiId: id, catalogId: sandbox() });
    const after = await route("Drafty");
    expect(after).toMatchObject({ id: before?.id });
    expect(after?.revisionId).not.toBe(before?.revisionId);
    await publishApi(owner, { apiId: id, catalogId: sandbox() });
    expect((await route("Drafty"))?.revisionId).toBe(after?.revisionId);
    expect(await db().apiRevision.count({ where: { apiDefinitionId: id } })).toBe(2);
  });

  test("a product is behind what is published once an API's text differs, and no longer when the text is as before", async () => {
    const { id } = await newApi("Behind", "/behind");
    const { productId } = await publishApi(owner, { apiId: id, catalogId: sandbox() });
    const behind = async () => (await readProduct(owner, productId)).releases[0]?.behind;
    const { source } = await db().apiDefinition.findUniqueOrThrow({ where: { id } });
    expect(await behind()).toEqual({ product: false, apis: [] });
    await saveApiDefinition(owner, { id, source: `${source}# a remark\n`, sourceVersion: 1 });
    expect(await behind()).toEqual({ product: false, apis: ["Behind"] });
    await saveApiDefinition(owner, { id, source, sourceVersion: 2 });
    expect(await behind()).toEqual({ product: false, apis: [] });
    await saveProduct(owner, { id: productId, title: "Behind", apiIds: [id], plans: [] });
    expect(await behind()).toEqual({ product: true, apis: [] });
  });

  test("is refused without a backend address, beside the field", async () => {
    const { id } = await createApiDefinition(owner, { organization: slug, title: "Nowhere", basePath: "/nowhere" });
    const refused = publishApi(owner, { apiId: id, catalogId: sandbox() });
    await expect(refused).rejects.toMatchObject({ code: "INPUT_INVALID", fields: [{ field: "backend" }] });
    expect(await route("Nowhere")).toBeNull();
  });

  test("every publish writes to the change feed and to the audit log in the same transaction", async () => {
    const { id } = await newApi("Told", "/told");
    const changes = await db().gatewayChange.count();
    await publishApi(owner, { apiId: id, catalogId: sandbox() });
    expect(await db().gatewayChange.count()).toBeGreaterThan(changes);
    expect(
      await db().auditEvent.count({ where: { organizationId, action: "product.published", targetName: "Told" } }),
    ).toBe(1);
  });
});

describe("products", () => {
  test("two APIs with one base path cannot both be live in a catalog", async () => {
    const one = await newApi("First", "/same");
    await publishApi(owner, { apiId: one.id, catalogId: sandbox() });
    const other = await newApi("Second", "/other");
    const { source, sourceVersion } = await db().apiDefinition.findUniqueOrThrow({ where: { id: other.id } });
    await saveApiDefinition(owner, { id: other.id, source: source.replace("/other", "/same"), sourceVersion });
    await expect(publishApi(owner, { apiId: other.id, catalogId: sandbox() })).rejects.toMatchObject({
      code: "NAME_TAKEN",
      detail: expect.stringContaining("First"),
    });
  });

  test("a product without an API is not published", async () => {
    const { id } = await createProduct(owner, { organization: slug, title: "Empty", version: "1.0.0" });
    await expect(publishProduct(owner, { productId: id, catalogId: sandbox() })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
  });

  test("a plan with subscribers cannot vanish by a republish", async () => {
    const api = await newApi("Planned", "/planned");
    const { id } = await createProduct(owner, { organization: slug, title: "Planned", version: "1.0.0" });
    const plan = (title: string) => planInput.parse({ title, rateLimit: "5/1minute", requiresApproval: false });
    await saveProduct(owner, { id, title: "Planned", apiIds: [api.id], plans: [plan("Gold"), plan("Silver")] });
    const { releaseId } = await publishProduct(owner, { productId: id, catalogId: sandbox() });
    const silver = await db().releasePlan.findFirstOrThrow({ where: { releaseId, name: "silver" } });
    const buyer = await consumer("Buyer");
    const applicationId = newId();
    await db().application.create({
      data: { id: applicationId, organizationId: buyer.organizationId, name: "Storefront" },
    });
    await db().subscription.create({
      data: {
        id: newId(),
        applicationId,
        productId: id,
        catalogId: sandbox(),
        releaseId,
        releasePlanId: silver.id,
        state: "active",
      },
    });
    await saveProduct(owner, { id, title: "Planned", apiIds: [api.id], plans: [plan("Gold")] });
    await expect(publishProduct(owner, { productId: id, catalogId: sandbox() })).rejects.toMatchObject({
      code: "STATE_INVALID",
      detail: expect.stringContaining("Storefront"),
    });
    await db().subscription.updateMany({ where: { applicationId }, data: { state: "cancelled" } });
    await publishProduct(owner, { productId: id, catalogId: sandbox() });
    const offered = await db().releasePlan.findMany({ where: { releaseId, endedAt: null }, select: { name: true } });
    expect(offered).toEqual([{ name: "gold" }]);
  });

  test("two plans of one name are refused beside the second", async () => {
    const { id } = await createProduct(owner, { organization: slug, title: "Doubled", version: "1.0.0" });
    const plan = planInput.parse({ title: "Gold", rateLimit: "", requiresApproval: false });
    await expect(
      saveProduct(owner, { id, title: "Doubled", apiIds: [], plans: [plan, { ...plan, title: "gold" }] }),
    ).rejects.toMatchObject({
      fields: [{ field: "plans.1.title" }],
    });
  });

  test("every limit of a plan is kept as it was entered, and published (X10)", async () => {
    const api = await newApi("Limited", "/limited");
    const { id } = await createProduct(owner, { organization: slug, title: "Limited", version: "1.0.0" });
    const { outline } = await db().apiDefinition.findUniqueOrThrow({ where: { id: api.id } });
    const [first] = outlineFrom(outline);
    const operation = `${first?.method} ${first?.path}`;
    const entered = {
      title: "Gold",
      rateLimit: "100/1hour, 80/1hour soft",
      burstLimit: "5/1second",
      quota: "1000/1month",
      operations: [{ apiId: api.id, operation, rateLimit: "2/1minute" }],
      requiresApproval: false,
    };
    const plans = [planInput.parse(entered)];
    await saveProduct(owner, { id, title: "Limited", apiIds: [api.id], plans });
    const wanted = {
      rateLimits: [
        { limit: 100, windowSeconds: 3_600 },
        { limit: 80, windowSeconds: 3_600, hard: false },
      ],
      burstLimits: [{ limit: 5, windowSeconds: 1 }],
      quotas: [{ limit: 1_000, unit: "month" }],
      operationLimits: [
        { apiId: api.id, operation, rateLimits: [{ limit: 2, windowSeconds: 60 }], burstLimits: [], quotas: [] },
      ],
    };
    expect((await readProduct(owner, id)).plans[0]).toMatchObject(wanted);
    const { releaseId } = await publishProduct(owner, { productId: id, catalogId: sandbox() });
    expect(await db().releasePlan.findFirst({ where: { releaseId } })).toMatchObject(wanted);
  });

  test("limits of an operation that the product does not have are refused beside it", async () => {
    const api = await newApi("Known", "/known");
    const other = await newApi("Other", "/other");
    const { id } = await createProduct(owner, { organization: slug, title: "Known", version: "1.0.0" });
    const save = (operation: object) =>
      saveProduct(owner, {
        id,
        title: "Known",
        apiIds: [api.id],
        plans: [planInput.parse({ title: "Gold", rateLimit: "", requiresApproval: false, operations: [operation] })],
      });
    await expect(save({ apiId: api.id, operation: "GET /nowhere", rateLimit: "2/1minute" })).rejects.toMatchObject({
      fields: [{ field: "plans.0.operations.0.operation", message: "Known has no operation GET /nowhere." }],
    });
    await expect(save({ apiId: other.id, operation: "GET /", rateLimit: "2/1minute" })).rejects.toMatchObject({
      fields: [{ field: "plans.0.operations.0.apiId" }],
    });
  });

  test("retiring takes the routes away, and a live product cannot be deleted before", async () => {
    const api = await newApi("Gone", "/gone");
    const { productId, releaseId } = await publishApi(owner, { apiId: api.id, catalogId: sandbox() });
    await expect(deleteProduct(owner, productId)).rejects.toMatchObject({ code: "STATE_INVALID" });
    await retireRelease(owner, releaseId);
    expect(await route("Gone")).toBeNull();
    await deleteProduct(owner, productId);
    await expect(readProduct(owner, productId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("an API in two products stays live while one of them is", async () => {
    const api = await newApi("Shared", "/shared");
    const first = await publishApi(owner, { apiId: api.id, catalogId: sandbox() });
    const { id } = await createProduct(owner, { organization: slug, title: "Bundle", version: "1.0.0" });
    await saveProduct(owner, {
      id,
      title: "Bundle",
      apiIds: [api.id],
      plans: [planInput.parse({ title: "All", rateLimit: "", requiresApproval: false })],
    });
    await publishProduct(owner, { productId: id, catalogId: sandbox() });
    await retireRelease(owner, first.releaseId);
    expect(await route("Shared")).toMatchObject({ basePath: "/shared" });
  });
});

describe("who may publish", () => {
  test("a viewer of the organization may not", async () => {
    const viewer = await member(organizationId, "viewer");
    const { id } = await newApi("Guarded", "/guarded");
    await expect(publishApi(viewer, { apiId: id, catalogId: sandbox() })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("foreign and random IDs get the same answer, of the API and of the catalog", async () => {
    const stranger = await provider("Other");
    const { id } = await newApi("Mine", "/mine");
    const theirs = await db().catalog.findFirstOrThrow({ where: { organizationId: stranger.organizationId } });
    const answer = async (apiId: string, catalogId: string) => {
      const error = await publishApi(stranger.owner, { apiId, catalogId }).catch((e) => e);
      return [error.code, error.detail, error.fields];
    };
    expect(await answer(id, theirs.id)).toEqual(await answer(newId(), theirs.id));
    const own = await publishApi(owner, { apiId: id, catalogId: theirs.id }).catch((e) => e);
    const random = await publishApi(owner, { apiId: id, catalogId: newId() }).catch((e) => e);
    expect([own.code, own.detail]).toEqual([random.code, random.detail]);
  });
});
