import { examine } from "#lib/api-definition/examine.ts";

/** A definition without an assembly. */
export const head = `openapi: 3.0.0
info: { title: Weather, version: 1.2.0 }
servers: [{ url: /weather }]
paths:
  /pets: { get: { operationId: getPets, responses: { "200": { description: ok } } } }
`;

/** Errors of a definition with one policy in its assembly, and the line of the text at which the first stands. */
export async function errorsOf(policy: string, { properties = "", more = "" } = {}) {
  const source = `${head}${more}x-ibm-configuration:\n${properties}  assembly:\n    execute:\n      - ${policy}\n`;
  const { findings } = await examine(source);
  const errors = findings.filter(({ severity }) => severity === "error");
  const lines = source.split("\n");
  return { errors, at: errors[0] ? lines[errors[0].line - 1] : "" };
}
