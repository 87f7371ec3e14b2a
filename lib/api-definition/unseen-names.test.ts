import { beforeAll, describe, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { provider } from "#lib/test-kit/people.ts";
import { examine } from "./examine.ts";
import { importApiDefinition } from "./import-api-definition.ts";

ownDatabase();

let owner: UserActor;
let organization: string;
beforeAll(async () => {
  ({ owner, slug: organization } = await provider());
});

/** As JSON, so that every character can be written as an escape. */
const definition = (title: string, operation: object = {}, more: object = {}) =>
  JSON.stringify({
    openapi: "3.0.3",
    info: { title, version: "1.0" },
    servers: [{ url: "http://127.0.0.1:4425" }],
    "x-portico": { "base-path": "/zw-a" },
    paths: { "/a": { get: { operationId: "a", responses: { 200: { description: "ok" } }, ...operation } } },
    ...more,
  });

const unseen = async (text: string) => (await examine(text)).findings.filter(({ code }) => code === "NAME_UNSEEN");

describe("names in a definition that nobody can see", () => {
  test("count as left out, and a finding says so at the first of them (F61)", async () => {
    const text = definition("\u200b\u200b", { summary: "\u200b\u200b", operationId: "\u2060" });
    const { title, operations, outline, findings } = await examine(text);
    expect(title).toBe("Untitled API");
    expect([operations[0]?.summary, operations[0]?.key]).toEqual(["", "GET /a"]);
    expect(outline[0]).toMatchObject({ summary: "", key: "GET /a" });
    expect(findings.filter(({ code }) => code === "NAME_UNSEEN")).toMatchObject([
      {
        severity: "warning",
        pointer: "/info/title",
        message: expect.stringMatching(/The title holds no .* 2 more names/),
      },
    ]);
  });

  test("or that turn the text around them are shown without what turns it (F61)", async () => {
    const text = definition("Pay\u202eslaP", { summary: "a\u2066b\u2069", tags: ["x\u200fy", "\u200b", "z"] });
    const { title, operations } = await examine(text);
    expect([title, operations[0]?.summary, operations[0]?.tags]).toEqual(["PayslaP", "ab", ["xy", "z"]]);
    expect(await unseen(text)).toMatchObject([{ message: expect.stringMatching(/change the direction/) }]);
  });

  test.each([
    ["in a summary of several lines", definition("A", { summary: "one\n  two" })],
    ["in a title with spaces around it", definition("  A  ")],
    ["in Persian", definition("می‌خواهم")],
    ["where there is no summary and no ID", definition("A", { operationId: undefined })],
  ])("are not found %s", async (_what, text) => {
    expect(await unseen(text)).toEqual([]);
  });

  test("an import of such a definition stands as a draft that can be told from others (F61)", async () => {
    const { id } = await importApiDefinition(owner, { organization, source: definition("\u200b\u200b") });
    expect(await db().apiDefinition.findUniqueOrThrow({ where: { id } })).toMatchObject({ title: "Untitled API" });
  });

  test.each(["\u0000", "\ud800"])(
    "escapes of what cannot be stored are no obstacle, wherever they stand (F61)",
    async (char) => {
      const operation = { summary: `s${char}`, description: `d${char}`, tags: [`t${char}`], operationId: `o${char}` };
      const more = { components: { schemas: { [`S${char}`]: { description: char } } }, [`x-${char}`]: char };
      const { id } = await importApiDefinition(owner, {
        organization,
        source: definition(`T${char}`, operation, more),
      });
      expect((await db().apiDefinition.findUniqueOrThrow({ where: { id } })).title).toMatch(/^T\ufffd?$/);
    },
  );
});
