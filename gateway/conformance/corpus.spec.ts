import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import type { CompiledApi, CompiledScheme } from "#lib/api-definition/compiled.ts";
import { importApiDefinition } from "#lib/api-definition/import-api-definition.ts";
import { setBackend } from "#lib/backend/set-backend.ts";
import { readTestCredential } from "#lib/catalog/read-endpoints.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { provider } from "#lib/test-kit/people.ts";
import { saveProduct } from "#lib/test-kit/save-product.ts";
import { call } from "./kit/client.ts";
import { type RecordingBackend, startBackend } from "./kit/recording-backend.ts";

/** Real definitions of others, not part of the project: the folder beside it, or where SPEC_CORPUS says. */
const corpus = process.env.SPEC_CORPUS ?? join(import.meta.dirname, "../../../shared/specs");
const files = existsSync(corpus) ? readdirSync(corpus).filter((file) => /\.(json|ya?ml)$/.test(file)) : [];

let owner: UserActor;
let slug: string;
let sandboxId: string;
let backend: RecordingBackend;
const values = { client_id: "", client_secret: "" };

/** The pair where the schemes want it: headers, and the query as text. */
function credentials(schemes: CompiledScheme[]): { headers: [string, string][]; query: string } {
  const query = schemes.filter((s) => s.in === "query").map((s) => `${encodeURIComponent(s.name)}=${values[s.key]}`);
  const headers = schemes.filter((s) => s.in === "header").map((s): [string, string] => [s.name, values[s.key]]);
  return { headers, query: query.length > 0 ? `?${query.join("&")}` : "" };
}

describe.skipIf(files.length === 0)(
  "what real publishers wrote, imported, published with one click, called (G14)",
  () => {
    beforeAll(async () => {
      process.env.DATABASE_URL = inject("databaseUrl");
      process.env.BACKEND_ALLOW = "127.0.0.0/8";
      ({ owner, slug } = await provider("Corpus"));
      sandboxId = (await db().catalog.findFirstOrThrow({ where: { organization: { slug }, slug: "sandbox" } })).id;
      const testValues = await readTestCredential(owner, slug, "sandbox");
      values.client_id = testValues?.clientId ?? "";
      values.client_secret = testValues?.secret ?? "";
      backend = await startBackend();
    });
    afterAll(async () => {
      await backend?.stop();
      await closeDb();
    });

    test.each(files)(
      "%s: every operation is listed, and answers through the gateway at its path",
      async (file) => {
        const source = readFileSync(join(corpus, file), "utf8");
        const imported = await importApiDefinition(owner, { organization: slug, source });
        await setBackend(owner, { apiId: imported.id, catalogId: sandboxId, url: backend.url });
        const { productId } = await publishApi(owner, { apiId: imported.id, catalogId: sandboxId });
        const apiIds = [imported.id];
        const plans = [
          { title: "Default", rateLimit: [], burstLimit: [], quota: [], operations: [], requiresApproval: false },
        ];
        await saveProduct(owner, { id: productId, title: imported.title, apiIds, plans });
        const { live } = await publishApi(owner, { apiId: imported.id, catalogId: sandboxId });
        expect(live).toMatchObject({ complete: true });

        const { revision } = await db().publishedApi.findFirstOrThrow({
          where: { apiDefinitionId: imported.id },
          select: { revision: { select: { compiled: true, _count: { select: { operations: true } } } } },
        });
        expect(revision._count.operations).toBe(imported.operationCount);
        const compiled = revision.compiled as unknown as CompiledApi;
        const refused: string[] = [];
        for (const operation of compiled.operations) {
          const needed = (operation.security[0] ?? []).flatMap((name) => compiled.schemes[name] ?? []);
          const { headers, query } = credentials(needed);
          const path = operation.path.replace(/\{[^}]*\}/g, "x1");
          const answer = await call(`/${slug}/sandbox${imported.basePath}${encodeURI(path)}${query}`, {
            method: operation.method,
            headers,
          });
          if (answer.status !== 200) refused.push(`${operation.key}: ${answer.status} ${answer.text.slice(0, 200)}`);
        }
        expect(refused).toEqual([]);
        // Nothing of the pair went further than the gateway.
        const seen = JSON.stringify(backend.calls);
        backend.calls.length = 0;
        expect(seen).not.toContain(values.client_secret);
      },
      120_000,
    );
  },
);
