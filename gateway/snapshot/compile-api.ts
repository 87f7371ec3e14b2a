import { z } from "zod";
import { compileProgram } from "#gateway/assembly/program.ts";
import { anyOriginHeaders } from "#gateway/steps/answer-preflight.ts";
import type { CompiledCors, CompiledScheme } from "#lib/api-definition/compiled.ts";
import type { PublishedApiForGateway } from "#lib/api-definition/read-published-apis-for-gateway.ts";
import type { CompiledAssembly } from "#lib/assembly/plan.ts";
import { NetworkList } from "#lib/net/network-list.ts";
import type { CompiledValidation } from "#lib/validation/compiled-validation.ts";
import { RequestValidator } from "#lib/validation/request-validator.ts";
import { compileBackend } from "./compile-backend.ts";
import type { Alternative, CredentialNames, GatewayApi, GatewayCors } from "./model.ts";
import { OperationRouter } from "./operation-router.ts";

const scheme = z.object({
  key: z.enum(["client_id", "client_secret"]),
  in: z.enum(["header", "query"]),
  name: z.string().min(1),
});

/** Its schemas are compiled, and thereby checked, at the first call of an operation. */
const isCompiledValidation = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "definitions" in value && "operations" in value;

/** CompiledApi as it must stand in the database; a row that is none is skipped, never served half understood. */
const compiledApi = z.object({
  // 1 is what versions before 0.2.0 published.
  format: z.literal([1, 2]),
  basePath: z.string().startsWith("/"),
  enforced: z.boolean(),
  schemes: z.record(z.string(), scheme),
  forwardsAuthorization: z.boolean(),
  acceptsTokens: z.boolean().optional(),
  operations: z.array(
    z.object({
      key: z.string(),
      method: z.string().regex(/^[A-Z]+$/),
      path: z.string().startsWith("/"),
      security: z.array(z.array(z.string())),
      headers: z.array(z.string()).optional(),
    }),
  ),
  networks: z.array(z.string()).optional(),
  cors: z
    .object({
      origins: z.array(z.string()).nullable(),
      headers: z.array(z.string()).nullable(),
      exposeHeaders: z.array(z.string()),
      credentials: z.boolean(),
      maxAgeSeconds: z.int().min(0),
    })
    .optional(),
  validation: z.custom<CompiledValidation>(isCompiledValidation).optional(),
  // Understood, or not, when its policies are made into functions.
  assembly: z.custom<CompiledAssembly>((value) => typeof value === "object" && value !== null).optional(),
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
    ...(operation.headers && { headers: new Set(operation.headers) }),
  }));
  const names = credentialNames([...schemes.values()]);
  const basePath = row.basePath === "/" ? "" : row.basePath.replace(/\/+$/, "");
  return {
    id: row.id,
    apiDefinitionId: row.apiDefinitionId,
    catalogId: row.catalogId,
    catalogKind: row.catalogKind,
    organizationId: row.organizationId,
    catalogName: row.catalogSlug,
    place: `${row.pathPrefix}/${row.catalogSlug}`,
    basePath,
    enforced: compiled.enforced,
    credentialNames: names,
    ownAuthorization: compiled.forwardsAuthorization,
    // Where a key of ours comes in Authorization, a token cannot.
    acceptsTokens: compiled.acceptsTokens !== false && !names.headers.has("authorization"),
    passesAuthorization: compiled.forwardsAuthorization && row.backend?.authKind === "none",
    networks: compiled.networks ? new NetworkList(compiled.networks) : null,
    cors: compiled.cors ? toCors(compiled.cors) : null,
    validator: compiled.validation ? new RequestValidator(compiled.validation) : null,
    operations: compiled.operations,
    router: new OperationRouter(operations, `${row.pathPrefix}/${row.catalogSlug}${basePath}`),
    backend: row.backend && compileBackend(row.backend),
    assembly: compiled.assembly ? compileProgram(compiled.assembly) : null,
  };
}

function toCors(cors: CompiledCors): GatewayCors {
  // With credentials "any" would let every page on the web call in the name of its visitor.
  if (cors.credentials && cors.origins === null) throw new Error("CORS with credentials needs a list of origins");
  const expose = cors.exposeHeaders.join(", ");
  return {
    origins: cors.origins && new Set(cors.origins),
    headers: cors.headers === null ? null : cors.headers.join(", "),
    expose,
    credentials: cors.credentials,
    maxAge: String(cors.maxAgeSeconds),
    anyOrigin: anyOriginHeaders(expose),
  };
}

function toAlternative(names: readonly string[], schemes: ReadonlyMap<string, CompiledScheme>): Alternative {
  const alternative: Alternative = { id: null, secret: null };
  for (const name of names) {
    const found = schemes.get(name);
    // Failing closed: a requirement that names what is not there must not become "open" (T34).
    if (!found) throw new Error(`the requirement names the scheme ${name}, which is not there`);
    const place = found.in === "header" ? { ...found, name: found.name.toLowerCase() } : found;
    if (found.key === "client_id") alternative.id = place;
    else alternative.secret = place;
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
