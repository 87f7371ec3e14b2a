import { type SchemaViolation, schemaCompiler, type Validate } from "./compile-schema.ts";
import type {
  CompiledBody,
  CompiledMedia,
  CompiledParameter,
  CompiledRequest,
  CompiledValidation,
  CompiledValue,
} from "./compiled-validation.ts";

/** Values of one parameter as they came, decoded; empty when it did not come. */
export type ReadParameter = (parameter: CompiledParameter) => readonly string[];

/** What is wrong with a request: the place ("/query/limit", "/body/name") and what must be there. */
export type RequestViolation = SchemaViolation;

interface OperationChecks {
  parameters: { parameter: CompiledParameter; check: Validate }[];
  body: CompiledBody | null;
  bodies: ReadonlyMap<CompiledMedia, Validate>;
}

/** Holds requests of one API against its definition. Schemas are compiled at an operation's first call and kept. */
export class RequestValidator {
  readonly #compiled: CompiledValidation;
  readonly #compile: ReturnType<typeof schemaCompiler>;
  readonly #operations = new Map<string, OperationChecks>();

  constructor(compiled: CompiledValidation) {
    this.#compiled = compiled;
    this.#compile = schemaCompiler(compiled.definitions);
  }

  /** The first parameter that is not as the definition says, or null. */
  parameters(key: string, read: ReadParameter): RequestViolation | null {
    for (const { parameter, check } of this.#checks(key).parameters) {
      const violation = checkParameter(parameter, check, read(parameter));
      if (violation)
        return { ...violation, pointer: `/${parameter.in}/${escapePointer(parameter.name)}${violation.pointer}` };
    }
    return null;
  }

  /** What the definition says of the operation's body, null when nothing. */
  body(key: string): CompiledBody | null {
    return this.#checks(key).body;
  }

  /** The first thing in a body that is not as the definition says, or null. `media`: of `mediaFor`. */
  content(key: string, media: CompiledMedia, text: string): RequestViolation | null {
    const check = this.#checks(key).bodies.get(media);
    if (!check) return null;
    const value = media.fields ? formValue(text, media.fields) : parseJson(text);
    if (value === undefined) return { pointer: "/body", message: "is not JSON" };
    const [violation] = check(value);
    return violation ? { pointer: `/body${violation.pointer}`, message: violation.message } : null;
  }

  #checks(key: string): OperationChecks {
    let checks = this.#operations.get(key);
    if (!checks) {
      checks = this.#make(this.#request(key));
      this.#operations.set(key, checks);
    }
    return checks;
  }

  #request(key: string): CompiledRequest {
    // Failing closed: an operation that nothing is known of must not go unchecked (T34).
    const request = Object.hasOwn(this.#compiled.operations, key) ? this.#compiled.operations[key] : undefined;
    if (!request) throw new Error(`no validation was compiled for ${key}`);
    return request;
  }

  #make({ parameters, body }: CompiledRequest): OperationChecks {
    const bodies = new Map<CompiledMedia, Validate>();
    for (const media of body?.content ?? []) {
      if (media.schema !== null) bodies.set(media, this.#compile(media.schema));
    }
    return {
      parameters: parameters.map((parameter) => ({ parameter, check: this.#compile(parameter.schema) })),
      body,
      bodies,
    };
  }
}

/** The entry of a body's content that a Content-Type falls under: the type itself, its range, any. */
export function mediaFor(body: CompiledBody, contentType: string): CompiledMedia | null {
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  for (const wanted of [type, `${type.split("/")[0]}/*`, "*/*"]) {
    const found = body.content.find((media) => media.type === wanted);
    if (found) return found;
  }
  return null;
}

const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

function checkParameter(
  { required, value }: CompiledParameter,
  check: Validate,
  texts: readonly string[],
): SchemaViolation | null {
  const [first] = texts;
  if (first === undefined) return required ? { pointer: "", message: "is missing" } : null;
  // Two values where one is meant are read differently by different servers (ASVS 15.3.7).
  if (texts.length > 1 && value.list !== "multi") return { pointer: "", message: "was sent more than once" };
  return firstViolation(check, candidates(texts, value));
}

/** The violation of the first candidate, unless one of them is right. */
function firstViolation(check: Validate, values: readonly unknown[]): SchemaViolation | null {
  let first: SchemaViolation | undefined;
  for (const value of values) {
    const [violation] = value === undefined ? [{ pointer: "", message: "is not JSON" }] : check(value);
    if (!violation) return null;
    first ??= violation;
  }
  return first ?? null;
}

/** What a text may mean: a number before a text, where the schema takes both. */
function candidates(texts: readonly string[], { list, types }: CompiledValue): unknown[] {
  const [first = ""] = texts;
  if (list === null) return meanings(first, types);
  if (list === "json") return [parseJson(first)];
  const items = list === "multi" ? texts : first.split(list);
  return [items.map((item) => meanings(item, types)[0])];
}

/** A number as JSON writes it: "0x10", " 1" and "Infinity" are texts. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function meanings(text: string, types: readonly string[]): unknown[] {
  const found: unknown[] = [];
  const isAny = types.length === 0;
  if ((isAny || types.includes("integer") || types.includes("number")) && NUMBER.test(text)) found.push(Number(text));
  if ((isAny || types.includes("boolean")) && (text === "true" || text === "false")) found.push(text === "true");
  if (types.includes("null") && text === "") found.push(null);
  found.push(text);
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function formValue(text: string, fields: Record<string, CompiledValue>): unknown {
  const given = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const values = given.get(name);
    if (values) values.push(value);
    else given.set(name, [value]);
  }
  return Object.fromEntries(
    [...given].map(([name, values]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (!field) return [name, values.length === 1 ? values[0] : values];
      // Sent twice where one is meant: a list, which no single value's schema takes.
      if (field.list !== "multi" && values.length > 1) return [name, values];
      return [name, candidates(values, field)[0]];
    }),
  );
}
