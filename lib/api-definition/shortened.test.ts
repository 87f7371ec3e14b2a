import { beforeAll, describe, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { recordSecurityEvent } from "#lib/audit/record-security-event.ts";
import { searchApis } from "#lib/catalog/search-apis.ts";
import { db, transaction } from "#lib/db/client.ts";
import { openSession } from "#lib/identity/sign-in.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { provider } from "#lib/test-kit/people.ts";
import { cutText } from "#lib/text.schema.ts";
import { examine } from "./examine.ts";
import { importApiDefinition } from "./import-api-definition.ts";

ownDatabase();

let owner: UserActor;
let organization: string;
let catalogId: string;
beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  const { owner: founder, slug, organizationId } = await provider();
  [owner, organization] = [founder, slug];
  ({ id: catalogId } = await db().catalog.findFirstOrThrow({ where: { organizationId, slug: "sandbox" } }));
});

interface Texts {
  title?: string;
  version?: unknown;
  /** Of the API. */
  about?: string;
  summary?: string;
  description?: string;
  example?: string;
  body?: string;
}

/** As JSON, so that every character can be written as an escape. */
const definition = (basePath: string, texts: Texts) => {
  const { title = "A", version = "1.0", about = "", summary = "", description = "", example = "", body = "" } = texts;
  const parameter = { name: "q", in: "query", description, example, schema: { type: "string" } };
  const requestBody = { content: { "text/plain": { example: body } } };
  const a = { summary, parameters: [parameter], requestBody, responses: { 200: { description } } };
  return JSON.stringify({
    openapi: "3.0.3",
    info: { title, version, description: about },
    servers: [{ url: "http://127.0.0.1:4425" }],
    "x-portico": { "base-path": basePath },
    paths: { "/a": { post: a } },
  });
};

/** A text whose last unit within the bound is the first half of a pair. */
const pairAt = (bound: number) => `${"x".repeat(bound - 1)}\u{1F600}and more`;
const upTo = (bound: number) => "x".repeat(bound - 1);

async function published(source: string) {
  const { id: apiId } = await importApiDefinition(owner, { organization, source });
  await publishApi(owner, { apiId, catalogId });
  return db().publishedApi.findFirstOrThrow({
    where: { apiDefinitionId: apiId },
    select: { revision: { select: { title: true, version: true, operations: true } } },
  });
}

const found = async (texts: Texts, code: string) =>
  (await examine(definition("/found", texts))).findings.filter((finding) => finding.code === code);

describe("a text that is longer than what is kept of it", () => {
  test("ends before a pair of surrogates that stands across the bound, in all that a publish writes (F61)", async () => {
    const long = {
      title: pairAt(200),
      version: pairAt(60),
      about: pairAt(240),
      summary: pairAt(300),
      description: pairAt(10_000),
      example: pairAt(500),
      body: pairAt(20_000),
    };
    const { revision } = await published(definition("/pairs", long));
    expect(revision).toMatchObject({
      title: upTo(200),
      version: upTo(60),
      operations: [
        {
          summary: upTo(300),
          slice: {
            parameters: [{ description: upTo(10_000), example: upTo(500) }],
            body: { example: upTo(20_000) },
            responses: [{ description: upTo(10_000) }],
          },
        },
      ],
    });
    const { rows } = await searchApis({ organization });
    expect(rows.find(({ title }) => title === upTo(200))).toMatchObject({ summary: upTo(240) });
  });

  test("is published with a replacement where it has halves of pairs itself (F61)", async () => {
    const half = "a\ud800b\udc00";
    const texts = { title: half, version: half, about: half, summary: half, description: half, example: half };
    const { revision } = await published(definition("/halves", { ...texts, body: half }));
    const whole = "a\ufffdb\ufffd";
    expect(revision).toMatchObject({ title: whole, version: whole, operations: [{ summary: whole }] });
    const [operation] = revision.operations;
    expect(JSON.stringify(operation?.slice)).not.toMatch(/\\ud[89a-f]/i);
  });

  test.each([
    ["with halves of pairs", "a\ud800", "a\ufffd"],
    ["with a pair at the bound", pairAt(300), upTo(300)],
  ])("%s is kept whole of whoever signs in or is refused (F61)", async (_what, text, kept) => {
    const by = { userId: owner.userId, name: "A" };
    await recordSecurityEvent({ action: "sign-in.refused", by, on: text });
    const event = await db().auditEvent.findFirstOrThrow({
      where: { targetType: "security", actorId: owner.userId },
      orderBy: { id: "desc" },
    });
    const id = await transaction((tx) => openSession(tx, owner.userId, new Date(), text));
    const session = await db().session.findUniqueOrThrow({ where: { id } });
    expect([event.targetName, session.userAgent]).toEqual([kept, kept]);
  });

  test("has a finding at the title and at the version, and none where all is kept (F61)", async () => {
    const long = { title: "x".repeat(201), version: "1".repeat(61) };
    expect(await found(long, "TEXT_SHORTENED")).toMatchObject([
      { severity: "warning", pointer: "/info/title", message: expect.stringContaining("200 characters") },
      { severity: "warning", pointer: "/info/version", message: expect.stringContaining("60 characters") },
    ]);
    const fits = { title: "x".repeat(200), version: "1".repeat(60) };
    expect(await found(fits, "TEXT_SHORTENED")).toEqual([]);
    expect((await examine(definition("/found", fits))).version).toBe(fits.version);
    const number = definition("/found", {}).replace('"1.0"', `1${"0".repeat(60)}`);
    expect((await examine(number)).findings.map(({ code }) => code)).toContain("TEXT_SHORTENED");
  });

  test("loses no character of several units that fits (F61)", () => {
    expect(cutText("a\u{1F600}", 3)).toBe("a\u{1F600}");
    expect(cutText("a\u{1F600}b", 3)).toBe("a\u{1F600}");
    expect(cutText("a\u{1F600}b", 2)).toBe("a");
    expect(cutText("\u{1F600}", 1)).toBe("");
  });
});

describe("versions that look the same", () => {
  test.each([
    ["a zero-width space", "1\u200b.0"],
    ["a soft hyphen and a word joiner", "\u00ad1.0\u2060"],
    ["a variation selector", "1\ufe0f.0"],
    ["a tag", "1.0\u{e0041}"],
    ["a Hangul filler", "1.0\uffa0"],
    ["an override", "\u202e1.0\u202c"],
    ["an isolate", "\u20661.0\u2069"],
    ["full-width forms", "１．０"],
    ["mathematical digits", "𝟏.𝟎"],
    ["a control character", "1.\u00070"],
    ["the blank of Braille", "1.0\u2800"],
  ])("are one in spite of %s, and a finding says so (F52)", async (_what, version) => {
    expect((await examine(definition("/found", { version }))).version).toBe("1.0");
    expect(await found({ version }, "VERSION_UNSEEN")).toMatchObject([
      { severity: "warning", pointer: "/info/version", message: expect.stringMatching(/: 1\.0\.$/) },
    ]);
  });

  test("are one where one of them is composed of parts with something between (F52)", async () => {
    expect((await examine(definition("/found", { version: "e\u200b\u0301" }))).version).toBe("\u00e9");
  });

  test("count as left out when nothing of them can be seen, and a finding says so (F52)", async () => {
    expect((await examine(definition("/found", { version: "\u200b" }))).version).toBe("1.0.0");
    expect(await found({ version: "\u200b" }, "VERSION_UNSEEN")).toMatchObject([
      { message: expect.stringMatching(/counts as left out/) },
    ]);
  });

  test.each(["1.0", " 2 beta ", "50%", "1.10", 2, "3.0.0-rc.1+build", "版本一"])(
    "is %j without a finding (F52)",
    async (version) => {
      expect(await found({ version }, "VERSION_UNSEEN")).toEqual([]);
      expect((await examine(definition("/found", { version }))).version).toBe(String(version).trim());
    },
  );

  test("tell no drafts apart: the second gets an address of its own, as of any version that is taken (F52)", async () => {
    const drafts = [];
    for (const [basePath, version] of [
      ["/one", "1.0"],
      ["/two", "1.0\u200b"],
    ] as const) {
      const source = definition(basePath, { title: "Look alike", version });
      const { id } = await importApiDefinition(owner, { organization, source });
      drafts.push(await db().apiDefinition.findUniqueOrThrow({ where: { id }, select: { name: true, version: true } }));
    }
    expect(drafts).toEqual([
      { name: "look-alike", version: "1.0" },
      { name: "look-alike-2", version: "1.0" },
    ]);
  });
});
