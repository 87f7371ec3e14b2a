import type { KeyType } from "./compiled.ts";
import { typeByName } from "./definition-form.rules.ts";
import { asText, dereference, isObject, type JsonObject, member, toPointer } from "./json-pointer.ts";
import { eachOperation } from "./operations.ts";

/** An apiKey scheme as the definition declares it. */
export interface KeyScheme {
  /** Its name in the definition. */
  id: string;
  pointer: string;
  parameterName: string;
  /** As written; "header" when the definition says nothing (S88). */
  in: string;
  /** `x-key-type` as written, "" when absent. */
  declaredType: string;
  /** `x-key-type` where it is valid, else what the name says (S81). */
  keyType: KeyType;
  /**
   * It can only be the backend's own: in a cookie, or in the Authorization header, without `x-key-type`. The gateway
   * does not check it and lets it travel (docs/decisions/010).
   */
  foreign: boolean;
}

/** One requirement list (of the API or of an operation) as alternatives of scheme names. */
export interface RequirementList {
  pointer: string;
  alternatives: string[][];
}

export interface SecurityModel {
  /** Where schemes are declared: /securityDefinitions or /components/securitySchemes. */
  schemesPointer: string;
  schemes: KeyScheme[];
  /** Type of every declared scheme, apiKey and others, by name. 2.0 "basic" reads as http basic. */
  types: Map<string, "apiKey" | "basic" | "http" | "oauth2" | "other">;
  /** The API's list first, when it has one. */
  requirements: RequirementList[];
  gatewayType: string;
  enforced: boolean;
  /** Whether the definition means our credentials, so that broken rules are errors (docs/decisions/010). */
  intended: boolean;
}

export const isKeyType = (text: string): text is KeyType => text === "client_id" || text === "client_secret";

const IBM = "x-ibm-configuration";

/** Reads everything about security that rules, compiler and form need. Total: it never throws on odd input. */
export function readSecurity(document: JsonObject): SecurityModel {
  const two = member(document, "swagger") !== undefined;
  const schemesPointer = two ? "/securityDefinitions" : "/components/securitySchemes";
  const declared = two
    ? member(document, "securityDefinitions")
    : member(member(document, "components"), "securitySchemes");
  const schemes: KeyScheme[] = [];
  const types: SecurityModel["types"] = new Map();
  for (const [id, raw] of Object.entries(isObject(declared) ? declared : {})) {
    const scheme = dereference(document, raw);
    types.set(id, schemeType(scheme));
    if (types.get(id) === "apiKey") schemes.push(keyScheme(id, `${schemesPointer}${toPointer([id])}`, scheme));
  }
  const configuration = member(document, IBM);
  return {
    schemesPointer,
    schemes,
    types,
    requirements: readRequirements(document),
    gatewayType: asText(member(configuration, "gateway")) || "datapower-api-gateway",
    enforced: member(configuration, "enforced") !== false,
    intended:
      configuration !== undefined ||
      schemes.some((s) => s.declaredType !== "" || /client/i.test(s.parameterName) || /client/i.test(s.id)),
  };
}

function schemeType(scheme: unknown) {
  const type = member(scheme, "type");
  if (type === "apiKey" || type === "basic") return type;
  if (type === "http") return asText(member(scheme, "scheme")).toLowerCase() === "basic" ? "basic" : "http";
  return type === "oauth2" || type === "openIdConnect" ? "oauth2" : "other";
}

function keyScheme(id: string, pointer: string, scheme: unknown): KeyScheme {
  const parameterName = asText(member(scheme, "name"));
  const location = member(scheme, "in") === undefined ? "header" : asText(member(scheme, "in"));
  const declaredType = asText(member(scheme, "x-key-type"));
  return {
    id,
    pointer,
    parameterName,
    in: location,
    declaredType,
    keyType: isKeyType(declaredType) ? declaredType : typeByName(parameterName),
    foreign:
      declaredType === "" &&
      (location === "cookie" || (location === "header" && /^authorization$/i.test(parameterName))),
  };
}

function readRequirements(document: JsonObject): RequirementList[] {
  const lists: RequirementList[] = [];
  const add = (pointer: string, value: unknown) => {
    if (Array.isArray(value)) lists.push({ pointer, alternatives: alternativesOf(value) });
  };
  add("/security", member(document, "security"));
  for (const { operation, pointer } of eachOperation(document))
    add(`${pointer}/security`, member(operation, "security"));
  return lists;
}

/** Alternatives (OR) of scheme names needed together (AND) (X1). */
export const alternativesOf = (value: unknown[]): string[][] =>
  value.map((alternative) => (isObject(alternative) ? Object.keys(alternative) : []));

/** The schemes that some requirement names, as the definition's order has them (S70). */
export function appliedSchemes(model: SecurityModel): KeyScheme[] {
  const named = new Set(model.requirements.flatMap((list) => list.alternatives.flat()));
  return model.schemes.filter((scheme) => named.has(scheme.id));
}
