import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { db, transaction } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { provider } from "#lib/test-kit/people.ts";
import { analyseDefinition } from "./analyse-definition.ts";
import { freezeRevision, prepareRevision } from "./freeze-revision.ts";
import { importApiDefinition } from "./import-api-definition.ts";
import { type JsonObject, member } from "./json-pointer.ts";
import { METHODS, templateShape, unroutable } from "./operations.ts";
import { parseText } from "./parse-text.ts";
import { readApiDefinition } from "./read-api-definition.ts";

/** Definitions that others publish: not part of the repository. */
const corpus = process.env.SPEC_CORPUS ?? "../shared/specs";
const files = existsSync(corpus) ? readdirSync(corpus).filter((name) => /\.(json|ya?ml)$/.test(name)) : [];

ownDatabase();

/** Methods under paths, counted without any of the code under test but the parser. */
function countOperations(document: JsonObject): string[] {
  const paths = (member(document, "paths") ?? {}) as Record<string, JsonObject>;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => (METHODS as readonly string[]).includes(key))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
}

describe.skipIf(files.length === 0)("real definitions", () => {
  it.each(files)(
    "%s: every operation is listed, compiled and kept; it imports and publishes with one click",
    async (file) => {
      const source = readFileSync(join(corpus, file), "utf8");
      const started = performance.now();
      const analysis = await analyseDefinition(source);
      expect(performance.now() - started).toBeLessThan(20_000);
      const expected = countOperations(parseText(source).document);
      expect(analysis.outline.map((o) => `${o.method} ${o.path}`)).toEqual(expected);
      expect(new Set(analysis.operations.map((o) => o.key)).size).toBe(expected.length);

      const { owner, slug } = await provider();
      const imported = await importApiDefinition(owner, { organization: slug, source });
      expect(imported.report.filter((finding) => finding.severity === "error")).toEqual([]);
      const view = await readApiDefinition(owner, imported.id);
      const added = view.source.length - source.length;
      expect(added).toBeLessThan(200);

      const prepared = await prepareRevision(view.source);
      const routable = new Set(
        expected
          .filter((line) => !unroutable(line.slice(line.indexOf(" ") + 1)))
          .map((line) => templateShape(line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1))),
      );
      expect(prepared.compiled.operations.length).toBe(routable.size);
      const revisionId = await transaction((tx) => freezeRevision(tx, imported.id, view.source, prepared));
      expect(await db().operation.count({ where: { revisionId } })).toBe(expected.length);
    },
    // Stripe and Kubernetes with everything else that a shared machine does meanwhile
    120_000,
  );

  it("what asks for an apiKey asks for a client ID once compiled, and what does not is left open", async () => {
    const read = (file: string) => analyseDefinition(readFileSync(join(corpus, file), "utf8"));
    const securityOf = async (file: string) => {
      const { compiled } = await read(file);
      return [...new Set(compiled.operations.map((o) => JSON.stringify(o.security)))].sort();
    };
    expect(await securityOf("30-googlemaps.json")).toEqual(['[["ApiKeyAuth"]]']);
    expect(await securityOf("30-petstore3.yaml")).toEqual(['[["api_key"],[]]', '[["api_key"]]', "[[]]", "[]"]);
    expect(await securityOf("31-discord.json")).toContain("[[]]");
  });
});
