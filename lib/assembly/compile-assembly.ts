import { asText, isObject, type JsonObject, member } from "#lib/api-definition/json-pointer.ts";
import type { KeyedOperation } from "#lib/api-definition/operations.ts";
import type { Violation } from "#lib/api-definition/rules.ts";
import { cutText } from "#lib/text.schema.ts";
import { listCompiler } from "./compile-list.ts";
import type { CompiledAssembly, CompiledCatch, CompiledPolicy, InvokePolicy } from "./plan.ts";
import { Report } from "./report.ts";
import { NOT_EXPANDED, VARIABLE } from "./unexpanded.ts";

export interface AssemblyResult {
  /** undefined: calls go to the backend as they are. */
  assembly: CompiledAssembly | undefined;
  violations: (Violation & { code: string })[];
}

const CONFIGURATION = "x-ibm-configuration";
const BASE = `/${CONFIGURATION}/assembly`;

/**
 * Compiles `x-ibm-configuration.assembly` (S96 to S101). What is not understood is an error at its place, so that no API is
 * published that would do something else than its text says.
 */
export function compileAssembly(
  document: JsonObject,
  { name, version, title, basePath }: CompiledAssembly["api"],
  operations: readonly KeyedOperation[],
): AssemblyResult {
  const configuration = member(document, CONFIGURATION);
  const raw = member(configuration, "assembly");
  if (raw === undefined || raw === null) return { assembly: undefined, violations: [] };
  const properties = readProperties(configuration);
  const values = new Map<string, string[]>();
  for (const some of [properties.own, ...properties.catalogs.values()]) {
    for (const [name, value] of some) values.set(name, [...(values.get(name) ?? []), value]);
  }
  const report = new Report(values, { name, version, title, basePath });
  if (!isObject(raw)) {
    report.error("ASSEMBLY_SHAPE", BASE, "The assembly is an object with execute, catch and finally.");
    return { assembly: undefined, violations: report.violations };
  }
  for (const key of Object.keys(raw)) {
    if (["execute", "catch", "finally"].includes(key)) continue;
    report.error(
      "ASSEMBLY_SHAPE",
      `${BASE}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      `An assembly has execute, catch and finally, no ${cutText(key, 60)}.`,
    );
  }
  const list = listCompiler(report, document, operations);
  const assembly: CompiledAssembly = {
    format: 1,
    api: { name, version, title, basePath },
    // fromEntries defines own properties, whatever their names (T17)
    properties: Object.fromEntries(properties.own),
    catalogProperties: Object.fromEntries(
      [...properties.catalogs].map(([name, own]) => [name, Object.fromEntries(own)]),
    ),
    execute: list(raw.execute, `${BASE}/execute`),
    catch: readCatch(raw.catch, report, list),
    finally: list(raw.finally, `${BASE}/finally`),
  };
  report.checkReads();
  if (assembly.catch.length === 0 && assembly.finally.length === 0) markTail(assembly.execute);
  if (report.properties.has("target-url")) {
    report.info(
      "ASSEMBLY_SHAPE",
      `/${CONFIGURATION}/properties/target-url`,
      "$(target-url) is this property: calls go there, and to a catalog's backend address only where the two are the same.",
    );
  }
  return { assembly: isPlain(assembly) ? undefined : assembly, violations: report.violations };
}

function readProperties(configuration: unknown) {
  const own = new Map<string, string>();
  const declared = member(configuration, "properties");
  for (const [name, property] of Object.entries(isObject(declared) ? declared : {})) {
    const text = scalarText(isObject(property) ? member(property, "value") : property);
    // "encoded" is base64: the editor of API Connect does not show such values.
    own.set(name, member(property, "encoded") === true ? Buffer.from(text, "base64").toString("utf8") : text);
  }
  const catalogs = new Map<string, Map<string, string>>();
  const listed = member(configuration, "catalogs");
  for (const [catalog, entry] of Object.entries(isObject(listed) ? listed : {})) {
    const values = member(entry, "properties");
    const entries = Object.entries(isObject(values) ? values : {});
    catalogs.set(catalog.toLowerCase(), new Map(entries.map(([name, value]) => [name, scalarText(value)])));
  }
  return { own, catalogs };
}

const scalarText = (value: unknown): string => (typeof value === "boolean" ? String(value) : asText(value));

function readCatch(
  raw: unknown,
  report: Report,
  list: (raw: unknown, pointer: string) => CompiledPolicy[],
): CompiledCatch[] {
  const base = `${BASE}/catch`;
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) {
    report.error("ASSEMBLY_SHAPE", base, "catch is a list of entries with errors and execute, or default.");
    return [];
  }
  return raw.flatMap((entry, index): CompiledCatch[] => {
    const at = `${base}/${index}`;
    const keys = isObject(entry) ? Object.keys(entry).sort().join() : "";
    if (isObject(entry) && keys === "default") return [{ errors: null, execute: list(entry.default, `${at}/default`) }];
    const errors = isObject(entry) ? entry.errors : undefined;
    if (
      !isObject(entry) ||
      keys !== "errors,execute" ||
      !Array.isArray(errors) ||
      !errors.every((name) => typeof name === "string")
    ) {
      report.error(
        "ASSEMBLY_SHAPE",
        at,
        "An entry of catch has a list of errors by name and execute, or default alone.",
      );
      return [];
    }
    errors.forEach((name: string, n) => {
      if (VARIABLE.test(name)) report.error("VARIABLE_INVALID", `${at}/errors/${n}`, NOT_EXPANDED);
    });
    return [{ errors, execute: list(entry.execute, `${at}/execute`) }];
  });
}

/** Finds the invokes after which nothing comes: their answers need not be held back. */
function markTail(policies: CompiledPolicy[]): void {
  const last = policies.at(-1);
  if (last?.kind === "invoke") last.tail = last.output === null && !last.stopOnError?.includes("OperationError");
  if (last?.kind !== "switch" && last?.kind !== "operation-switch") return;
  for (const { execute } of last.cases) markTail(execute);
  markTail(last.otherwise);
}

/** Nothing but one invoke of the backend as it is: what the gateway does without any assembly, at no further cost. */
function isPlain({ execute, catch: caught, finally: last }: CompiledAssembly): boolean {
  const [only] = execute;
  if (caught.length + last.length > 0 || execute.length !== 1 || only?.kind !== "invoke") return false;
  return isBare(only);
}

const isBare = (invoke: InvokePolicy): boolean =>
  invoke.tail &&
  invoke.url === null &&
  invoke.verb === null &&
  !invoke.username &&
  !invoke.password &&
  !invoke.headers?.allow &&
  (invoke.headers?.patterns.length ?? 0) === 0 &&
  (invoke.parameters === null || (!invoke.parameters.allow && invoke.parameters.patterns.length === 0)) &&
  (invoke.stopOnError ?? []).length === 0 &&
  invoke.timeoutMs === null;
