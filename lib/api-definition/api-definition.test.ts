import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { readBackends } from "#lib/backend/read-backends.ts";
import { db, transaction } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, member, provider } from "#lib/test-kit/people.ts";
import { createApiDefinition } from "./create-api-definition.ts";
import { deleteApiDefinition } from "./delete-api-definition.ts";
import { editApiDefinition } from "./edit-api-definition.ts";
import { freezeRevision, prepareRevision } from "./freeze-revision.ts";
import { importApiDefinition } from "./import-api-definition.ts";
import { listApiDefinitions } from "./list-api-definitions.ts";
import { readApiDefinition } from "./read-api-definition.ts";
import { saveApiDefinition } from "./save-api-definition.ts";

ownDatabase();

const weather = { title: "Weather", basePath: "/weather", backendUrl: "http://127.0.0.1:4010" };
const petstore = (title: string, extra = "") =>
  `{"swagger":"2.0","info":{"title":"${title}","version":"1"},"host":"127.0.0.1:4010"${extra},"paths":{"/pets":{"get":{"responses":{"200":{"description":"ok"}}}}}}`;

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (e) => e,
  );
  expect(error).not.toBeNull();
  return { code: error.code, detail: error.detail, fields: error.fields };
}

describe("creating an API", () => {
  it("S83: starts with the client ID applied, an operation and a backend in every catalog, and can be published", async () => {
    const { owner, slug } = await provider();
    const { id } = await createApiDefinition(owner, { organization: slug, ...weather });
    const view = await readApiDefinition(owner, id);
    expect(view.form).toMatchObject({
      title: "Weather",
      version: "1.0.0",
      basePath: "/weather",
      security: [["clientId"]],
    });
    expect(view.form.schemes).toMatchObject([
      { name: "clientId", parameterName: "X-IBM-Client-Id", keyType: "client_id", in: "header" },
    ]);
    expect(view.api.outline).toMatchObject([{ key: "getRoot", method: "GET", path: "/" }]);
    expect(view.findings).toEqual([]);
    expect(view.backends.map((b) => [b.catalogKind, b.url])).toEqual([
      ["sandbox", "http://127.0.0.1:4010"],
      ["production", "http://127.0.0.1:4010"],
    ]);
    const { compiled } = await prepareRevision(view.source);
    expect(compiled.operations).toEqual([{ key: "getRoot", method: "GET", path: "/", security: [["clientId"]] }]);
  });

  it("takes a title and a base path once", async () => {
    const { owner, slug } = await provider();
    await createApiDefinition(owner, { organization: slug, ...weather });
    expect(await failure(createApiDefinition(owner, { organization: slug, ...weather }))).toMatchObject({
      code: "NAME_TAKEN",
      fields: [{ field: "title" }],
    });
    const other = { ...weather, title: "Other" };
    expect(await failure(createApiDefinition(owner, { organization: slug, ...other }))).toMatchObject({
      code: "INPUT_INVALID",
      fields: [{ field: "basePath" }],
    });
  });

  it("T10: refuses a backend in a forbidden network", async () => {
    const { owner, slug } = await provider();
    const input = { organization: slug, ...weather, backendUrl: "http://169.254.169.254/latest" };
    expect(await failure(createApiDefinition(owner, input))).toMatchObject({ fields: [{ field: "backendUrl" }] });
  });
});

describe("importing a definition", () => {
  it("S36: keeps a text with a free base path byte for byte and takes its backend over", async () => {
    const { owner, slug } = await provider();
    const source = petstore("Pets", ',"basePath":"/pets/v1","schemes":["http"]');
    const { id, basePath } = await importApiDefinition(owner, { organization: slug, source });
    const view = await readApiDefinition(owner, id);
    expect([basePath, view.source]).toEqual(["/pets/v1", source]);
    expect(view.backends.every((b) => b.url === "http://127.0.0.1:4010/pets/v1")).toBe(true);
  });

  it("adds a base path where there is none or where it is taken, and changes nothing else", async () => {
    const { owner, slug } = await provider();
    const first = await importApiDefinition(owner, { organization: slug, source: petstore("Pets") });
    expect(first.basePath).toBe("/pets");
    const second = await importApiDefinition(owner, {
      organization: slug,
      source: petstore("Dogs", ',"basePath":"/pets"'),
    });
    expect(second.basePath).toBe("/dogs");
    const { source } = await readApiDefinition(owner, second.id);
    expect(JSON.parse(source)).toEqual({
      ...JSON.parse(petstore("Dogs", ',"basePath":"/pets"')),
      "x-portico": { "base-path": "/dogs" },
    });
  });

  it("stands beside another of its title and version, says so, and can be saved", async () => {
    const { owner, slug } = await provider();
    const first = await importApiDefinition(owner, { organization: slug, source: petstore("Pets") });
    const again = await importApiDefinition(owner, { organization: slug, source: petstore("Pets") });
    expect(first.report.map((finding) => finding.code)).not.toContain("TITLE_SHARED");
    expect(again.report[0]).toMatchObject({ code: "TITLE_SHARED", severity: "warning" });
    expect(again.report[0]?.message).toContain("pets-2");
    const { source } = await readApiDefinition(owner, again.id);
    const saved = await saveApiDefinition(owner, { id: again.id, source: `${source}\n`, sourceVersion: 1 });
    expect(saved.title).toBe("Pets");
    const names = await db().apiDefinition.findMany({
      where: { id: { in: [first.id, again.id] } },
      select: { name: true },
      orderBy: { createdAt: "asc" },
    });
    expect(names).toEqual([{ name: "pets" }, { name: "pets-2" }]);
  });

  it("of two imports of one text at once both stand, under names of their own", async () => {
    const { owner, slug } = await provider();
    const input = { organization: slug, source: petstore("Pets") };
    const both = await Promise.all([importApiDefinition(owner, input), importApiDefinition(owner, input)]);
    const rows = await db().apiDefinition.findMany({ where: { id: { in: both.map((one) => one.id) } } });
    expect(rows.map((row) => row.name).sort()).toEqual(["pets", "pets-2"]);
  });

  it("takes over no backend in a forbidden network, and says so", async () => {
    const { owner, slug } = await provider();
    const source = petstore("Inner").replace("127.0.0.1:4010", "10.0.0.1");
    const { id, report } = await importApiDefinition(owner, { organization: slug, source });
    expect(report[0]).toMatchObject({ code: "BACKEND_ADDRESS", severity: "warning" });
    expect((await readBackends(owner, id)).map((b) => b.url)).toEqual([null, null]);
  });

  it("refuses what it cannot read with line and column", async () => {
    const { owner, slug } = await provider();
    const source = "openapi: 3.0.3\ninfo:\n  title: a: b\n";
    const error = await failure(importApiDefinition(owner, { organization: slug, source }));
    expect(error).toMatchObject({ code: "DEFINITION_INVALID" });
    expect(error.fields[0].message).toMatch(/^Line 3, column \d+: /);
  });
});

describe("saving and editing", () => {
  it("S45: an edit of the form changes the text's own lines and nothing else", async () => {
    const { owner, slug } = await provider();
    const { id } = await createApiDefinition(owner, { organization: slug, ...weather });
    const before = (await readApiDefinition(owner, id)).source;
    const edit = {
      kind: "put-scheme",
      name: "clientSecret",
      parameterName: "X-IBM-Client-Secret",
      keyType: "client_secret",
      in: "header",
    } as const;
    const saved = await editApiDefinition(owner, { id, sourceVersion: 1, edit });
    const lines = new Set(before.split("\n"));
    expect(saved.source.split("\n").filter((line) => !lines.has(line))).toEqual([
      "    clientSecret:",
      "      name: X-IBM-Client-Secret",
      "      x-key-type: client_secret",
    ]);
    const both = { kind: "security", security: [["clientId", "clientSecret"]] } as const;
    const { source } = await editApiDefinition(owner, {
      id,
      sourceVersion: 2,
      edit: { ...both, security: [[...both.security[0]]] },
    });
    expect((await prepareRevision(source)).compiled.operations[0]?.security).toEqual([["clientId", "clientSecret"]]);
  });

  it("of two saves from one version exactly one wins, and the other hears of a conflict", async () => {
    const { owner, slug } = await provider();
    const { id } = await createApiDefinition(owner, { organization: slug, ...weather });
    const { source } = await readApiDefinition(owner, id);
    const save = (title: string) =>
      saveApiDefinition(owner, { id, source: source.replace("Weather", title), sourceVersion: 1 });
    const results = await Promise.allSettled([save("One"), save("Two")]);
    expect(results.map((r) => r.status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = results.find((r) => r.status === "rejected");
    expect(lost?.reason.code).toBe("CONFLICT");
    expect(await failure(save("Three"))).toMatchObject({ code: "CONFLICT" });
  });

  it("a conflict names who saved meanwhile, and when; your own other window is named as such", async () => {
    const { owner, slug, organizationId } = await provider();
    const editor = await member(organizationId, "editor");
    const { id } = await createApiDefinition(owner, { organization: slug, ...weather });
    const { source } = await readApiDefinition(owner, id);
    await saveApiDefinition(editor, { id, source: `${source}# one\n`, sourceVersion: 1 });
    const late = (actor: UserActor) => failure(saveApiDefinition(actor, { id, source, sourceVersion: 1 }));
    expect((await late(owner)).detail).toMatch(
      /^The editor saved this API on \d+ \w+ \d{4}, \d\d:\d\d UTC, after you opened it here\. Your text is still here/,
    );
    expect((await late(editor)).detail).toMatch(/^You saved this API in another window on /);
  });

  it("keeps a text with errors as a draft, but not one that cannot be read, and publishes neither", async () => {
    const { owner, slug } = await provider();
    const { id } = await createApiDefinition(owner, { organization: slug, ...weather });
    const { source } = await readApiDefinition(owner, id);
    const broken = source.replace("x-key-type: client_id", "x-key-type: client_secret");
    const saved = await saveApiDefinition(owner, { id, source: broken, sourceVersion: 1 });
    expect(saved.findings.map((f) => f.code)).toContain("S81");
    expect(await failure(prepareRevision(broken))).toMatchObject({ code: "DEFINITION_INVALID" });
    expect(await failure(saveApiDefinition(owner, { id, source: "{", sourceVersion: 2 }))).toMatchObject({
      code: "DEFINITION_INVALID",
    });
  });
});

describe("revisions", () => {
  it("freezes a text with its operations once, and shows edits as not live", async () => {
    const { owner, slug } = await provider();
    const { id } = await createApiDefinition(owner, { organization: slug, ...weather });
    const { source } = await readApiDefinition(owner, id);
    const analysis = await prepareRevision(source);
    const freeze = () => transaction((tx) => freezeRevision(tx, id, source, analysis));
    const first = await freeze();
    expect(await freeze()).toBe(first);
    const rows = await db().operation.findMany({ where: { revisionId: first } });
    expect(rows).toMatchObject([{ key: "getRoot", method: "GET", pathTemplate: "/", security: [{ clientId: [] }] }]);
  });
});

describe("who may reach a draft", () => {
  it("T29: a foreign draft is as absent as a random one", async () => {
    const { owner, slug } = await provider();
    const { id } = await createApiDefinition(owner, { organization: slug, ...weather });
    const { owner: stranger } = await provider("Other");
    const { owner: guest } = await consumer();
    const edit = { kind: "base-path", basePath: "/x" } as const;
    const uses: ((target: string) => Promise<unknown>)[] = [
      (target) => readApiDefinition(stranger, target),
      (target) => saveApiDefinition(stranger, { id: target, source: "{}", sourceVersion: 1 }),
      (target) => editApiDefinition(stranger, { id: target, sourceVersion: 1, edit }),
      (target) => deleteApiDefinition(stranger, { id: target }),
      (target) => readBackends(stranger, target),
    ];
    for (const use of uses) {
      const foreign = await failure(use(id));
      expect(foreign).toEqual(await failure(use(newId())));
      expect(foreign.code).toBe("NOT_FOUND");
    }
    const create = { organization: slug, ...weather, title: "Mine" };
    expect(await failure(createApiDefinition(stranger, create))).toEqual(
      await failure(createApiDefinition(stranger, { ...create, organization: "nobody" })),
    );
    expect((await listApiDefinitions(stranger, { organization: slug })).rows).toEqual([]);
    expect(await failure(readApiDefinition(guest, id))).toMatchObject({ code: "FORBIDDEN" });
  });

  it("a viewer reads and does not write", async () => {
    const { owner, slug, organizationId } = await provider();
    const { id } = await createApiDefinition(owner, { organization: slug, ...weather });
    const viewer = await member(organizationId, "viewer");
    expect((await listApiDefinitions(viewer, { organization: slug, q: "WEATH" })).rows.map((r) => r.id)).toEqual([id]);
    expect(await failure(deleteApiDefinition(viewer, { id }))).toMatchObject({ code: "FORBIDDEN" });
    await deleteApiDefinition(owner, { id });
    expect((await listApiDefinitions(viewer, { organization: slug })).rows).toEqual([]);
  });
});

describe("an import by address", () => {
  it("quotes nothing of what it fetched, whatever is wrong with it (F9)", async () => {
    const { owner, slug } = await provider("Fetching");
    const texts = [
      "MARKED: [",
      '# HELP MARKED calls\nMARKED_total{api="MARKED"} 17\n',
      '{"MARKED":',
      "openapi: MARKED\ninfo: {}\npaths: {}",
      'openapi: 3.0.3\ninfo: {title: A, version: "1"}\npaths: {/a: {get: {responses: {"200": {$ref: "#/MARKED"}}}}}',
      "a: &MARKED [*MARKED]",
    ];
    const server = createServer((request, answer) => answer.end(texts[Number(request.url?.slice(1))]));
    await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
    const { port } = server.address() as AddressInfo;
    for (const [index, text] of texts.entries()) {
      const given = { organization: slug, url: `http://127.0.0.1:${port}/${index}` };
      const refused = await importApiDefinition(owner, given).catch((error) => error);
      expect(JSON.stringify([refused.detail, refused.fields]), text).not.toContain("MARKED");
      expect(refused.fields?.[0]?.field ?? "imported", text).toMatch(/^(url|imported)$/);
    }
    server.close();
  });
});
