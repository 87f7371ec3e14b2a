import { beforeAll, describe, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { importApiDefinition } from "#lib/api-definition/import-api-definition.ts";
import { db } from "#lib/db/client.ts";
import { MARKDOWN_LENGTH_MAX } from "#lib/markdown/markdown.rules.ts";
import { updateOrganization } from "#lib/organization/update-organization.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { provider } from "#lib/test-kit/people.ts";
import { statementsOf } from "#lib/test-kit/statements.ts";
import { indexMissing } from "./index-api.ts";
import { searchApis } from "./search-apis.ts";

ownDatabase();

interface Place {
  owner: UserActor;
  slug: string;
  organizationId: string;
  catalogId: string;
}
let acme: Place;
let count = 0;

async function place(name: string): Promise<Place> {
  const made = await provider(name);
  const { organizationId } = made;
  const catalog = await db().catalog.findFirstOrThrow({ where: { organizationId, slug: "sandbox" } });
  return { ...made, catalogId: catalog.id };
}

/** Publishes an API: its paths with operationId, summary and query parameters. */
async function publish(
  { owner, slug, catalogId }: Place,
  title: string,
  paths: Record<string, { id: string; summary?: string; parameters?: string[]; tags?: string[] }>,
  description = "",
): Promise<void> {
  count += 1;
  const source = JSON.stringify({
    openapi: "3.0.3",
    info: { title, version: "1.0.0", description },
    servers: [{ url: "http://127.0.0.1:4425" }],
    "x-portico": { "base-path": `/api-${count}` },
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, { id, summary, parameters = [], tags = [] }]) => [
        path,
        {
          get: {
            operationId: id,
            ...(summary && { summary }),
            tags,
            parameters: [
              ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path", required: true })),
              ...parameters.map((name) => ({ name, in: "query" })),
            ].map((parameter) => ({ ...parameter, schema: { type: "string" } })),
            responses: { "200": { description: "ok" } },
          },
        },
      ]),
    ),
  });
  const { id } = await importApiDefinition(owner, { organization: slug, source });
  await publishApi(owner, { apiId: id, catalogId });
}

const titles = async (q: string) => (await searchApis({ q })).rows.map((row) => row.title);

beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  acme = await place("Acme Weather Works");
  await publish(acme, "Payments", { "/v1/customers/{id}": { id: "GetCustomersCustomer", parameters: ["expandAll"] } });
  await publish(acme, "Cluster", {
    "/api/v1/namespaces/{namespace}/pods": { id: "listCoreV1NamespacedPod", parameters: ["labelSelector"] },
  });
  await publish(
    acme,
    "Weather",
    { "/current": { id: "current", summary: "The weather now", parameters: ["zipcode"], tags: ["Forecasts"] } },
    "What the sky does.\n\nFor customers of all kinds.",
  );
  const other = await place("Globex");
  await publish(other, "People", { "/users/{id}": { id: "user" } });
  await publish(other, "Ledgers", { "/accounts": { id: "accounts" } }, "Bookings of users.");
});

describe("search over what is published", () => {
  test("finds words inside of paths, operation IDs and camel case (F71)", async () => {
    expect(await titles("pods")).toEqual(["Cluster"]);
    expect(await titles("namespaced pod")).toEqual(["Cluster"]);
    expect(await titles("listCoreV1NamespacedPod")).toEqual(["Cluster"]);
    expect(await titles("core v1")).toEqual(["Cluster"]);
    expect(await titles("/users/{id}")).toEqual(["People"]);
  });

  test("finds parameters, tags and the provider, each beside a word of something else (F71)", async () => {
    expect(await titles("zipcode")).toEqual(["Weather"]);
    expect(await titles("labelSelector")).toEqual(["Cluster"]);
    expect(await titles("selector")).toEqual(["Cluster"]);
    expect(await titles("forecasts")).toEqual(["Weather"]);
    expect((await titles("globex")).sort()).toEqual(["Ledgers", "People"]);
    expect(await titles("acme pods")).toEqual(["Cluster"]);
    expect(await titles("globex pods")).toEqual([]);
  });

  test("the best comes first: title before provider, operations before descriptions (F71)", async () => {
    expect((await titles("weather"))[0]).toBe("Weather");
    expect(await titles("weather")).toHaveLength(3);
    expect(await titles("customers")).toEqual(["Payments", "Weather"]);
    expect(await titles("users")).toEqual(["People", "Ledgers"]);
  });

  test("asks in one statement for a page and in as many for its rows, however many are found (F71, F73)", async () => {
    const few = await statementsOf(() => searchApis({ q: "pods" }));
    const many = await statementsOf(() => searchApis({ q: "acme" }));
    expect(many.filter(({ text }) => text.includes("ts_rank"))).toHaveLength(1);
    expect(many.length).toBe(few.length);
    for (const { text } of many) expect(text).not.toMatch(/to_tsvector|count\(/i);
  });

  test("pages through all in the order of the rank, each once (F71)", async () => {
    const far = await place("Initech");
    for (let n = 0; n < 27; n += 1) await publish(far, `Report ${n}`, { "/reports": { id: "reports" } });
    const first = await searchApis({ q: "initech reports" });
    const second = await searchApis({ q: "initech reports", after: first.next ?? "" });
    expect([first.rows.length, second.rows.length, second.next]).toEqual([25, 2, null]);
    expect(new Set([...first.rows, ...second.rows].map((row) => row.id)).size).toBe(27);
    const all = await searchApis({ organization: far.slug });
    expect([all.rows[0]?.title, all.rows.length]).toEqual(["Report 26", 25]);
    const rest = await searchApis({ organization: far.slug, after: all.next ?? "" });
    expect(rest.rows.map((row) => row.title)).toEqual(["Report 1", "Report 0"]);
  });

  test("a typed text without a letter finds nothing, and nothing typed lists all (F71)", async () => {
    expect(await titles("{}/")).toEqual([]);
    expect((await titles("  ")).length).toBeGreaterThan(4);
  });
});

describe("the words that are stored", () => {
  test("a description is stored as long as pages show it, whoever writes it (F62)", async () => {
    await publish(acme, "Verbose", { "/verbose": { id: "verbose" } }, "é".repeat(200_000));
    const where = { title: "Verbose" };
    expect((await db().apiRevision.findFirstOrThrow({ where })).description).toHaveLength(MARKDOWN_LENGTH_MAX + 1);
    await db().operation.updateMany({ where: { revision: where }, data: { description: "😀".repeat(60_000) } });
    const { description } = await db().operation.findFirstOrThrow({ where: { revision: where } });
    expect([...description]).toHaveLength(MARKDOWN_LENGTH_MAX + 1);
  });

  test("come by themselves for what a portal of before published, and anew when a provider is renamed (F71)", async () => {
    await db().apiSearch.deleteMany({ where: { revision: { title: "Ledgers" } } });
    expect(await titles("ledgers")).toEqual([]);
    expect(await indexMissing()).toBe(1);
    expect(await titles("ledgers")).toEqual(["Ledgers"]);
    await updateOrganization(acme.owner, acme.slug, { name: "Umbrella", isProvider: true, isConsumer: false });
    while ((await indexMissing()) > 0);
    expect(await titles("umbrella pods")).toEqual(["Cluster"]);
    expect(await titles("acme")).toEqual([]);
  });

  test("and the count of operations follow what is written, whoever writes it (F71, F73)", async () => {
    const revision = await db().apiRevision.findFirstOrThrow({
      where: { title: "Cluster" },
      include: { operations: true },
    });
    expect(revision.operationCount).toBe(1);
    const [old] = revision.operations;
    await db().operation.deleteMany({ where: { revisionId: revision.id } });
    const { id: _id, security: _security, slice: _slice, ...operation } = old ?? (undefined as never);
    await db().operation.createMany({
      data: ["a", "b"].map((key, position) => ({
        ...operation,
        ...{ id: crypto.randomUUID(), key, position, pathTemplate: `/nodes/${key}`, security: [], slice: {} },
      })),
    });
    expect((await searchApis({ q: "cluster" })).rows[0]?.operations).toBe(2);
    expect(await indexMissing()).toBe(1);
    expect(await titles("nodes")).toEqual(["Cluster"]);
    expect(await titles("pods")).toEqual([]);
  });
});
