import type { CompiledAssembly } from "#lib/assembly/plan.ts";
import { foldedName, NAME_READ_MAX, needsDeclaration, recognisedBy } from "#lib/net/declared-headers.ts";
import type { CompiledApi, CompiledOperation, CompiledScheme } from "./compiled.ts";
import { NEWEST_FORM } from "./compiler.ts";
import { asText, type JsonObject, member } from "./json-pointer.ts";
import { parametersOf } from "./operation-slice.ts";
import { effectiveSecurity, type KeyedOperation, templateShape, unroutable } from "./operations.ts";
import { alternativesOf, type KeyScheme, type SecurityModel } from "./security-model.ts";

/**
 * What the gateway routes and secures by. It never opens what the definition protects: where foreign schemes break
 * the rules of S84-S89, an operation that names an apiKey scheme still asks for a client ID (docs/decisions/010).
 */
export function compile(
  document: JsonObject,
  basePath: string,
  operations: KeyedOperation[],
  security: SecurityModel,
  assembly?: CompiledAssembly,
): CompiledApi {
  const usable = new Map(
    security.schemes.filter((s) => !s.foreign && (s.in === "header" || s.in === "query")).map((s) => [s.id, s]),
  );
  const schemes = new Map<string, CompiledScheme>();
  const shapes = new Set<string>();
  const compiled: CompiledOperation[] = [];
  // The backend's own keys are declared as well, as schemes.
  const keys = security.schemes.filter((s) => s.in === "header").map((s) => s.parameterName);
  for (const { key, method, path, pathItem, operation } of operations) {
    const shape = templateShape(method, path);
    if (unroutable(path) || shapes.has(shape)) continue;
    shapes.add(shape);
    const alternatives = alternativesOf(effectiveSecurity(document, operation));
    const headers = declaredHeaders([...keys, ...headerParameters(parametersOf(document, pathItem, operation))]);
    compiled.push({
      key,
      method,
      path,
      security: alternatives.map((names) => alternative(names, usable, schemes)),
      ...(headers.length > 0 && { headers }),
    });
  }
  return {
    format: NEWEST_FORM,
    basePath,
    enforced: security.enforced,
    // fromEntries defines own properties, so a scheme named __proto__ stays a scheme (T17)
    schemes: Object.fromEntries(schemes),
    forwardsAuthorization:
      [...security.types.values()].some((type) => type === "basic" || type === "http" || type === "oauth2") ||
      security.schemes.some((s) => s.foreign && s.in === "header"),
    operations: compiled,
    // What another gateway enforces, its policies run on (S79).
    ...(assembly && security.enforced && { assembly }),
  };
}

const headerParameters = (parameters: JsonObject[]): string[] =>
  parameters.filter((each) => member(each, "in") === "header").map((each) => asText(member(each, "name")));

/** Of declared names those that pass only because they are. */
function declaredHeaders(names: string[]): string[] {
  const guarded = names
    .map((name) => name.toLowerCase())
    .filter((lower) => needsDeclaration(recognisedBy(lower, foldedName(lower.slice(0, NAME_READ_MAX)))));
  return [...new Set(guarded)];
}

/** At most one client ID and one client secret of an alternative; a lone secret is read as the client ID. */
function alternative(names: string[], usable: Map<string, KeyScheme>, schemes: Map<string, CompiledScheme>): string[] {
  const given = names.flatMap((name) => usable.get(name) ?? []);
  const secret = given.find((s) => s.keyType === "client_secret");
  const id = given.find((s) => s.keyType === "client_id");
  const keep = (scheme: KeyScheme, key: CompiledScheme["key"]): string => {
    schemes.set(scheme.id, { key, in: scheme.in as CompiledScheme["in"], name: scheme.parameterName });
    return scheme.id;
  };
  if (id) return [keep(id, "client_id"), ...(secret ? [keep(secret, "client_secret")] : [])];
  if (!secret) return [];
  const known = schemes.get(secret.id);
  return [known ? secret.id : keep(secret, "client_id")];
}
