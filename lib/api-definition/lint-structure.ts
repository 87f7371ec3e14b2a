import { BaseResolver, createConfig, lintDocument, type NormalizedProblem, Source } from "@redocly/openapi-core";
import { cutText } from "#lib/text.schema.ts";
import type { JsonObject } from "./json-pointer.ts";
import type { Violation } from "./rules.ts";

/** The library's own resolver reads files and fetches addresses that a `$ref` names. This one never does (T14). */
class ClosedResolver extends BaseResolver {
  override resolveExternalRef(_base: string | null, ref: string): string {
    return ref;
  }
  override loadExternalRef(ref: string): Promise<Source> {
    return Promise.reject(new Error(`the reference to ${ref} is not followed`));
  }
}

const config = createConfig({
  rules: {
    struct: "warn",
    "no-unresolved-refs": "warn",
    "path-parameters-defined": "warn",
    "operation-parameters-unique": "warn",
  },
});

/**
 * What breaks the OpenAPI specification itself, as warnings: real files do so often, and a caller rarely notices.
 * A text that makes the checker fail (absurd nesting) is reported as unchecked.
 */
export async function lintStructure(source: string, document: JsonObject): Promise<(Violation & { code: string })[]> {
  try {
    const problems = await lintDocument({
      document: { source: new Source("definition.yaml", source, "application/yaml"), parsed: document },
      config: await config,
      externalRefResolver: new ClosedResolver(),
    });
    return problems.map(toViolation);
  } catch {
    return [
      { code: "STRUCTURE_UNCHECKED", severity: "warning", pointer: "", message: "The structure could not be checked." },
    ];
  }
}

function toViolation({ ruleId, message, location }: NormalizedProblem): Violation & { code: string } {
  const [at] = location;
  const pointer = at && "pointer" in at ? (at.pointer ?? "") : "";
  return {
    code: ruleId.toUpperCase().replaceAll("-", "_"),
    severity: "warning",
    pointer: pointer.replace(/^#/, "").replace(/\/$/, ""),
    message: cutText(message.trim(), 500),
  };
}
