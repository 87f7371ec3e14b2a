import { beforeAll, describe, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { importApiDefinition } from "#lib/api-definition/import-api-definition.ts";
import { readApiDefinition } from "#lib/api-definition/read-api-definition.ts";
import { saveApiDefinition } from "#lib/api-definition/save-api-definition.ts";
import { searchApis } from "#lib/catalog/search-apis.ts";
import { db } from "#lib/db/client.ts";
import { readExploreCatalog } from "#lib/explore/read-explore.ts";
import { newId } from "#lib/ids.ts";
import { paths } from "#lib/paths.ts";
import { listReleases } from "#lib/product/list-releases.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { retireRelease } from "#lib/product/retire-release.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { provider } from "#lib/test-kit/people.ts";
import { findApiAddress } from "./find-api-address.ts";

ownDatabase();

let owner: UserActor;
let organization: string;
let organizationId: string;
let catalogId: string;

beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  ({ owner, slug: organization, organizationId } = await provider("Acme"));
  ({ id: catalogId } = await db().catalog.findFirstOrThrow({ where: { organizationId, slug: "sandbox" } }));
});

const quoted = (text: string) => JSON.stringify(text);
let count = 0;
const definition = (title: string, version: string, basePath: string) =>
  `openapi: 3.0.3
info: { title: ${quoted(title)}, version: ${quoted(version)} }
servers: [{ url: http://127.0.0.1:4425 }]
x-portico: { base-path: ${basePath} }
paths: { /a: { get: { operationId: a, responses: { "200": { description: ok } } } } }
`;

/** Imports and publishes an API; `basePath` stays its own through later saves. */
async function publish(title: string, version: string) {
  count += 1;
  const basePath = `/api-${count}`;
  const { id } = await importApiDefinition(owner, { organization, source: definition(title, version, basePath) });
  const { releaseId } = await publishApi(owner, { apiId: id, catalogId });
  return { id, basePath, releaseId };
}

/** Saves another title or version into the draft and publishes it anew. */
async function republish({ id, basePath }: { id: string; basePath: string }, title: string, version: string) {
  const { sourceVersion } = (await readApiDefinition(owner, id)).api;
  await saveApiDefinition(owner, { id, sourceVersion, source: definition(title, version, basePath) });
  return publishApi(owner, { apiId: id, catalogId });
}

const at = (api: string, version?: string) => findApiAddress({ organization, catalog: "sandbox", api, version });
/** What an address shows: the draft's ID. */
async function shown(api: string, version?: string) {
  const { publishedApiId } = await at(api, version);
  const row = await db().publishedApi.findUniqueOrThrow({ where: { id: publishedApiId } });
  return row.apiDefinitionId;
}
const addressOf = async (id: string) =>
  (await db().publishedApi.findFirstOrThrow({ where: { apiDefinitionId: id }, select: { address: true } })).address;

describe("an address without a version", () => {
  test("an API of any version opens by every link that a list makes to it (F52)", async () => {
    const versions = ["1.0.0+build.5", "2 beta", "50%", "1/0", "1%2F0", "größe", "a?b#c&d=e", "1.0.0"];
    const ids = [];
    for (const version of versions) ids.push((await publish("Odd Versions", version)).id);
    const lists = {
      search: (await searchApis({ q: "odd versions" })).rows.map((row) => row.ref),
      explore: (await readExploreCatalog({ organization, catalog: "sandbox" })).apis.rows.map((row) => row.ref),
      products: (await listReleases(owner, { organization, catalog: "sandbox" })).rows.flatMap((row) =>
        row.apis.map((api) => api.ref),
      ),
      drafts: (await Promise.all(ids.map((id) => readApiDefinition(owner, id)))).flatMap(({ publication }) =>
        publication.flatMap(({ published }) => (published ? [published.ref] : [])),
      ),
    };
    for (const refs of Object.values(lists)) {
      const opened = [];
      for (const ref of refs) {
        const url = new URL(paths.api(ref), "http://portal.example");
        const api = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
        opened.push(await shown(api, url.searchParams.get("version") ?? undefined));
      }
      expect(opened.sort()).toEqual([...ids].sort());
    }
  });

  test("it shows the highest version, and names all of them (F52)", async () => {
    const [low, high] = [await publish("Ordered", "1.9.0"), await publish("Ordered", "1.10.0")];
    await publish("Ordered", "1.2.0");
    expect(await shown("ordered")).toBe(high.id);
    expect((await at("ordered")).versions.map((one) => one.version)).toEqual(["1.10.0", "1.9.0", "1.2.0"]);
    expect(await shown("ordered", "1.9.0")).toBe(low.id);
    await expect(at("ordered", "3.0.0")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("versions that are no semver: the latest first published, also after an older one was published anew (F52)", async () => {
    const [spring, autumn] = [await publish("Seasons", "spring"), await publish("Seasons", "autumn")];
    await publishApi(owner, { apiId: spring.id, catalogId });
    expect(await shown("seasons")).toBe(autumn.id);
    await retireRelease(owner, spring.releaseId);
    await publishApi(owner, { apiId: spring.id, catalogId });
    expect(await shown("seasons")).toBe(autumn.id);
  });

  test("it stays through a new version, a new title and retirement (F52)", async () => {
    const api = await publish("Forecast", "1.0.0");
    await republish(api, "Forecast", "1.1.0");
    await republish(api, "Outlook", "1.1.0");
    expect(await shown("forecast")).toBe(api.id);
    await expect(at("outlook")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const next = await publish("Outlook", "2.0.0");
    expect([await shown("forecast"), await shown("forecast", "1.1.0")]).toEqual([next.id, api.id]);
    await retireRelease(owner, api.releaseId);
    await expect(at("forecast", "1.1.0")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await publishApi(owner, { apiId: api.id, catalogId });
    expect(await shown("forecast", "1.1.0")).toBe(api.id);
  });

  test("an API that got another title keeps its address; one that takes the old title and version gets its own (F52)", async () => {
    const first = await publish("Ledger", "1.0.0");
    await republish(first, "Accounts", "1.0.0");
    const second = await publish("Ledger", "1.0.0");
    expect([await shown("ledger"), await shown("ledger-2")]).toEqual([first.id, second.id]);
  });

  test("an API that takes over the version of another one at its address hears whose it is (F52)", async () => {
    const first = await publish("Taken Over", "1.0.0");
    await republish(first, "Renamed", "1.0.0");
    const second = await publish("Taken Over", "2.0.0");
    await expect(republish(second, "Taken Over", "1.0.0")).rejects.toMatchObject({
      code: "NAME_TAKEN",
      detail: expect.stringContaining("Renamed 1.0.0 is published in Sandbox"),
    });
  });

  test("name and version that read alike when joined are two addresses (F52)", async () => {
    const [a, b] = [await publish("Foo", "1-1.0"), await publish("Foo 1", "1.0")];
    expect([await shown("foo"), await shown("foo-1")]).toEqual([a.id, b.id]);
  });

  test("two titles beyond Latin letters are two addresses (F52)", async () => {
    const [a, b] = [await publish("汇率", "1.0.0"), await publish("天气", "2.0.0")];
    expect([await shown("汇率"), await shown("天气")]).toEqual([a.id, b.id]);
  });

  test("what another space of the organization has is refused with whose it is (F52)", async () => {
    const spaceId = newId();
    await db().space.create({ data: { id: spaceId, organizationId, slug: "team", pathPrefix: "acme-team" } });
    const theirs = await publish("Payments", "1.0.0");
    await db().apiAddress.update({ where: { catalogId_slug: { catalogId, slug: "payments" } }, data: { spaceId } });
    await db().apiDefinition.update({ where: { id: theirs.id }, data: { spaceId } });
    const refused = publish("Payments", "2.0.0");
    await expect(refused).rejects.toMatchObject({
      code: "NAME_TAKEN",
      detail: expect.stringContaining("Payments of the space acme-team has the address payments in Sandbox"),
    });
  });

  test("of two versions that are published at one moment both stand at one address (F52)", async () => {
    const both = await Promise.all([publish("At Once", "1.0.0"), publish("At Once", "1.1.0")]);
    const addresses = await Promise.all(both.map(({ id }) => addressOf(id)));
    expect(new Set(addresses.map((address) => address?.slug))).toEqual(new Set(["at-once"]));
  });
});

describe("addresses of before", () => {
  test("name and version lead to the address of today, to that version while it is live (F52)", async () => {
    const api = await publish("Moving", "1.0.0");
    expect(await at("moving-1.0.0")).toMatchObject({ ref: { api: "moving" }, moved: "address" });
    const next = await publish("Moving", "2.0.0");
    expect(await at("moving-1.0.0")).toMatchObject({ ref: { api: "moving", version: "1.0.0" }, moved: "address" });
    await retireRelease(owner, api.releaseId);
    expect(await at("moving-1.0.0")).toMatchObject({ ref: { api: "moving" }, moved: "version" });
    expect(await shown("moving-1.0.0")).toBe(next.id);
  });

  test("a live slug wins over an address of before (F52)", async () => {
    await publish("Tariff", "2");
    expect(await at("tariff-2")).toMatchObject({ ref: { api: "tariff" }, moved: "address" });
    const live = await publish("Tariff 2", "1.0.0");
    expect(await at("tariff-2")).toMatchObject({ ref: { api: "tariff-2" }, moved: null });
    expect(await shown("tariff-2")).toBe(live.id);
  });

  test("what a portal of before publishes, which knows no addresses, has one at once (F52)", async () => {
    const api = await publish("Elder", "1.0.0");
    const row = await db().publishedApi.findFirstOrThrow({ where: { apiDefinitionId: api.id } });
    // The statements of that portal: it removes the row on retirement and writes no address.
    await db().publishedApi.delete({ where: { id: row.id } });
    const { addressId: _address, firstPublishedAt: _first, ...known } = row;
    await db().publishedApi.create({ data: { ...known, id: newId() } });
    expect(await shown("elder")).toBe(api.id);
    await db().publishedApi.update({
      where: { apiDefinitionId_catalogId: { apiDefinitionId: api.id, catalogId } },
      data: { slug: "elder-1.0.1" },
    });
    expect(await at("elder-1.0.1")).toMatchObject({ ref: { api: "elder" } });
  });

  test("what was live before addresses had rows gets them from its draft's name (F52)", async () => {
    const ids = [];
    for (const version of ["1.0.0", "2.0.0"]) ids.push((await publish("Backfilled", version)).id);
    await db().$executeRaw`alter table "PublishedApi" disable trigger "PublishedApi_address"`;
    await db().publishedApi.updateMany({ where: { apiDefinitionId: { in: ids } }, data: { addressId: null } });
    await db().$executeRaw`alter table "PublishedApi" enable trigger "PublishedApi_address"`;
    await db().apiAddress.deleteMany({ where: { slug: "backfilled" } });
    // The migration's statement.
    await db().$executeRaw`update "PublishedApi" set "addressId" = null where "addressId" is null`;
    expect((await at("backfilled")).versions.map((one) => one.version)).toEqual(["2.0.0", "1.0.0"]);
    expect(await at("backfilled-1.0.0")).toMatchObject({ ref: { api: "backfilled", version: "1.0.0" } });
  });
});
