import { derive } from "./derive.ts";
import { asText, isObject, member } from "./json-pointer.ts";
import { parseText } from "./parse-text.ts";
import { alternativesOf, type KeyType, readSecurity } from "./security-model.ts";

/** An apiKey scheme as the design form shows it. */
export interface FormScheme {
  name: string;
  parameterName: string;
  keyType: KeyType;
  /** "header", "query", or what else the source says. */
  in: string;
  description: string;
  pointer: string;
  /** Whether a requirement of the API or of an operation names it (S70). */
  applied: boolean;
}

/** What the design form edits: read from the source, which stays the truth. */
export interface DefinitionForm {
  title: string;
  version: string;
  description: string;
  basePath: string;
  gatewayType: string;
  enforced: boolean;
  schemes: FormScheme[];
  /** The API's requirement: alternatives of scheme names needed together; all kinds of schemes. */
  security: string[][];
  /** Names of all schemes that a requirement can name, apiKey or not. */
  schemeNames: string[];
}

/** Reads the form of a text. Throws DefinitionRefused like the parser. */
export function readForm(source: string): DefinitionForm {
  const { document } = parseText(source);
  const { title, version, description, basePath } = derive(document);
  const model = readSecurity(document);
  const named = new Set(model.requirements.flatMap((list) => list.alternatives.flat()));
  const declared = member(document, "swagger") ? document : member(document, "components");
  const raw = member(declared, member(document, "swagger") ? "securityDefinitions" : "securitySchemes");
  const security = member(document, "security");
  return {
    title,
    version,
    description,
    basePath,
    gatewayType: model.gatewayType,
    enforced: model.enforced,
    schemes: model.schemes.map((scheme) => ({
      name: scheme.id,
      parameterName: scheme.parameterName,
      keyType: scheme.keyType,
      in: scheme.in,
      description: asText(member(member(raw, scheme.id), "description")),
      pointer: scheme.pointer,
      applied: named.has(scheme.id),
    })),
    security: Array.isArray(security) ? alternativesOf(security.filter(isObject)) : [],
    schemeNames: [...model.types.keys()],
  };
}
