import { outlineAssembly } from "#lib/assembly/outline.ts";
import { readAdmission } from "./admission-settings.ts";
import type { DefinitionForm } from "./definition-form.rules.ts";
import { derive } from "./derive.ts";
import { asText, isObject, member } from "./json-pointer.ts";
import { locator } from "./locate.ts";
import { parseText } from "./parse-text.ts";
import { alternativesOf, readSecurity } from "./security-model.ts";

/** Reads the form of a text. Throws DefinitionRefused like the parser. */
export function readForm(source: string): DefinitionForm {
  const { document } = parseText(source);
  const { title, version, description, basePath } = derive(document);
  const model = readSecurity(document);
  const locate = locator(source);
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
    assembly: outlineAssembly(document, (pointer) => locate(pointer).line),
    cors: readAdmission(document).cors !== null,
  };
}
