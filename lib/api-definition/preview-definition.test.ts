import { describe, expect, test } from "vitest";
import { anonymous } from "#lib/access/actor.ts";
import { newDefinition } from "./new-definition.ts";
import { previewDefinition } from "./preview-definition.ts";

const actor = { kind: "system", name: "test" } as const;
const source = newDefinition({ title: "Weather", basePath: "/weather" });

describe("preview of a draft", () => {
  test("makes the changes one after another and tells form and findings of the result", async () => {
    const {
      source: text,
      form,
      findings,
    } = await previewDefinition(actor, {
      source,
      edits: [
        {
          kind: "put-scheme",
          previousName: null,
          name: "Client Secret",
          parameterName: "X-IBM-Client-Secret",
          keyType: "client_secret",
          in: "query",
          description: "",
        },
        { kind: "security", security: [["clientId", "Client Secret"]] },
      ],
    });
    expect(form.security).toEqual([["clientId", "Client Secret"]]);
    expect(findings.map((f) => f.code)).toContain("S89");
    // Splicing keeps what it does not touch.
    expect(text).toContain("# Every operation asks for this, unless it has a list of its own.");
  });

  test("says which change was refused, so that the page finds its field", async () => {
    const edits = [{ kind: "base-path", basePath: "/w" } as const, { kind: "remove-scheme", name: "nobody" } as const];
    await expect(previewDefinition(actor, { source, edits })).rejects.toMatchObject({
      code: "INPUT_INVALID",
      fields: [{ field: "edits.1.name" }],
    });
  });

  test("refuses a text that cannot be read with its line", async () => {
    const broken = previewDefinition(actor, { source: "openapi: 3.0.3\ninfo: [", edits: [] });
    await expect(broken).rejects.toMatchObject({
      code: "DEFINITION_INVALID",
      fields: [{ field: "source", message: expect.stringMatching(/^Line \d+, column \d+: /) }],
    });
  });

  test("does no work for somebody who has not signed in", async () => {
    await expect(previewDefinition(anonymous, { source, edits: [] })).rejects.toMatchObject({
      code: "SIGN_IN_REQUIRED",
    });
  });
});
