import {
  dereference,
  fromPointer,
  isObject,
  type JsonObject,
  member,
  valueAt,
} from "#lib/api-definition/json-pointer.ts";
import type { RawOperation } from "#lib/api-definition/operations.ts";
import { compileSchema, type JsonSchema } from "#lib/validation/compile-schema.ts";
import { type Budget, bundleSchema, jsonSchemaOf, newBudget } from "./bundle-schema.ts";
import type { Context } from "./compile-list.ts";
import { bodyOf, writes } from "./compile-simple.ts";
import type { Json, ValidatePolicy } from "./plan.ts";
import type { PolicyInput } from "./policy.schema.ts";
import { shown, Unreadable } from "./reference.ts";

export function compileValidate(
  input: PolicyInput<"validate">,
  context: Context,
  pointer: string,
): Omit<ValidatePolicy, "title" | "body"> | undefined {
  const { report } = context;
  const from = bodyOf(input.input ?? "message", context, `${pointer}/input`);
  // API Connect can put the checked document elsewhere; here it stays where it is.
  if (input.output && input.output !== (input.input ?? "message")) writes(input.output, `${pointer}/output`, report);
  const schemas = report.attempt("POLICY_INVALID", `${pointer}/definition`, () => schemasOf(input, context));
  return from && schemas ? { kind: "validate", input: from, schemas: Object.fromEntries(schemas) } : undefined;
}

function schemasOf(input: PolicyInput<"validate">, { document, operations }: Context): Map<string, Json> {
  const { definition = "", schema } = input;
  const budget = newBudget();
  const against = input["validate-against"];
  if (schema) return new Map([["", checked(document, schema, budget)]]);
  const request = against === "body-param" || definition === "request";
  if (request || against === "response-param" || definition === "response") {
    const found = new Map<string, Json>();
    for (const operation of operations) {
      for (const [key, one] of request ? requestSchemas(document, operation) : answerSchemas(document, operation)) {
        if (one !== undefined) found.set(`${operation.key}${key}`, checked(document, one, budget));
      }
    }
    return found;
  }
  if (!definition.startsWith("#/")) {
    throw new Unreadable("The definition is request, response or a reference such as #/definitions/Order.");
  }
  const target = valueAt(document, fromPointer(definition.slice(1)));
  if (!isObject(target)) throw new Unreadable(`There is no definition ${shown(definition)}.`);
  return new Map([["", checked(document, target, budget)]]);
}

function requestSchemas(document: JsonObject, { operation, pathItem }: RawOperation): [string, unknown][] {
  const body = dereference(document, member(operation, "requestBody"));
  if (body !== undefined) return [["", jsonSchemaOf(member(body, "content"))]];
  const parameters = [member(operation, "parameters"), member(pathItem, "parameters")].flatMap((list) =>
    Array.isArray(list) ? list.map((one) => dereference(document, one)) : [],
  );
  return [
    [
      "",
      member(
        parameters.find((one) => member(one, "in") === "body"),
        "schema",
      ),
    ],
  ];
}

function answerSchemas(document: JsonObject, { operation }: RawOperation): [string, unknown][] {
  const responses = member(operation, "responses");
  return Object.entries(isObject(responses) ? responses : {}).map(([status, raw]) => {
    const response = dereference(document, raw);
    return [` ${status}`, member(response, "schema") ?? jsonSchemaOf(member(response, "content"))];
  });
}

/** A schema as it is stored; it is compiled once here, so that what cannot be checked is refused at publish (T18). */
function checked(document: JsonObject, schema: unknown, budget: Budget): Json {
  const bundled = bundleSchema(document, schema, budget);
  try {
    compileSchema(bundled as JsonSchema);
  } catch (error) {
    throw new Unreadable(error instanceof Error ? error.message.slice(0, 300) : "The schema is not understood.");
  }
  return bundled;
}
