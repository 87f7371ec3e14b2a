import { z } from "zod";
import type { CompiledScheme } from "#lib/api-definition/compiled.ts";
import type { PublishedApiForGateway } from "#lib/api-definition/read-published-apis-for-gateway.ts";
import { compileBackend } from "./compile-backend.ts";
import type { Alternative, CredentialNames, GatewayApi } from "./model.ts";
import { OperationRouter } from "./operation-router.ts";

const scheme = z.object({
  key: z.enum(["client_id", "client_secret"]),
  in: z.enum(["header", "query"]),
  name: z.string().min(1),
});

/** CompiledApi as it must stand in the database; a row that is none is skipped, never served half understood. */
const compiledApi = z.object({
  format: z.literal(1),
  basePath: z.string().startsWith("/"),
  enforced: z.boolean(),
  schemes: z.record(z.string(), scheme),
  forwardsAuthorization: z.boolean(),
  operations: z.array(
    z.object({
      key: z.string(),
      method: z.string().regex(/^[A-Z]+$/),
      path: z.string().startsWith("/"),
      security: z.array(z.array(z.string())),
    }),
  ),
});

/** Customary names of the pair ("v5 compatible", S82): where one is declared, the other is its misplaced form. */
const CUSTOMARY = {
  client_id: { header: "x-ibm-client-id", query: "client_id" },
  client_secret: { header: "x-ibm-client-secret", query: "client_secret" },
} as const;

/** Makes the route of a published API. Throws when its compiled form, base path or backend is not understood. */
export function compileApi(row: PublishedApiForGateway): GatewayApi {
  const compiled = compiledApi.parse(row.compiled);
  const schemes = new Map(Object.entries(compiled.schemes));
  const operations = compiled.operations.map((operation) => ({
    key: operation.key,
    method: operation.method,
    path: operation.path,
    security: operation.security.map((names) => toAlternative(names, schemes)),
  }));
  const basePath = row.basePath === "/" ? "" : row.basePath.replace(/\/+$/, "");
  return {
    id: row.id,
    apiDefinitionId: row.apiDefinitionId,
    catalogId: row.catalogId,
    catalogKind: row.catalogKind,
    organizationId: row.organizationId,
    place: `${row.pathPrefix}/${row.catalogSlug}`,
    basePath,
    enforced: compiled.enforced,
    credentialNames: credentialNames([...schemes.values()]),
    passesAuthorization: compiled.forwardsAuthorization && row.backend?.authKind === "none",
    operations: compiled.operations,
    router: new OperationRouter(operations, `${row.pathPrefix}/${row.catalogSlug}${basePath}`),
    backend: row.backend && compileBackend(row.backend),
  };
}

function toAlternative(names: readonly string[], schemes: ReadonlyMap<string, CompiledScheme>): Alternative {
  const alternative: Alternative = { id: null, secret: null };
  for (const name of names) {
    const found = schemes.get(name);
    // Failing closed: a requirement that names what is not there must not become "open" (T34).
    if (!found) throw new Error(`the requirement names the scheme ${name}, which is not there`);
    if (found.key === "client_id") alternative.id = found;
    else alternative.secret = found;
  }
  if (alternative.secret && !alternative.id) throw new Error("a client secret is required without a client ID (S85)");
  return alternative;
}

function credentialNames(schemes: readonly CompiledScheme[]): CredentialNames {
  const headers = new Map<string, CompiledScheme["key"]>();
  const query = new Map<string, CompiledScheme["key"]>();
  const customary = new Set<string>();
  for (const { key, name } of schemes) {
    headers.set(name.toLowerCase(), key);
    query.set(name, key);
  }
  for (const { key, in: place, name } of schemes) {
    const pair = CUSTOMARY[key];
    if (place === "header" && name.toLowerCase() === pair.header && !query.has(pair.query)) {
      query.set(pair.query, key);
      customary.add(pair.query);
    }
    if (place === "query" && name === pair.query && !headers.has(pair.header)) {
      headers.set(pair.header, key);
      customary.add(pair.header);
    }
  }
  return { headers, query, customary };
}
