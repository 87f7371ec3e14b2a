import { compileAssembly } from "#lib/assembly/compile-assembly.ts";
import { cutText, shownLine } from "#lib/text.schema.ts";
import { compile } from "./compile.ts";
import { compileAdmission } from "./compile-admission.ts";
import type { CompiledApi, Finding, OperationSlice, OutlineOperation } from "./compiled.ts";
import { type Derived, derive } from "./derive.ts";
import { asText, isObject, type JsonObject, member } from "./json-pointer.ts";
import { lintStructure } from "./lint-structure.ts";
import { scalarText, withPositions } from "./locate.ts";
import { operationSlice } from "./operation-slice.ts";
import {
  effectiveSecurity,
  type KeyedOperation,
  keyedOperations,
  outlineOf,
  SUMMARY_LENGTH_MAX,
} from "./operations.ts";
import { parseText } from "./parse-text.ts";
import { checkReferences } from "./references.ts";
import { checkRules, type RuleContext } from "./rules.ts";
import { appliedSchemes, readSecurity } from "./security-model.ts";

/** A row of the table Operation, without its keys. */
export interface AnalysedOperation {
  position: number;
  key: string;
  method: string;
  pathTemplate: string;
  summary: string;
  description: string;
  tags: string[];
  security: JsonObject[];
  slice: OperationSlice;
}

/** Everything that the portal, the gateway and the pages need of one text. */
export interface Analysis extends Derived {
  outline: OutlineOperation[];
  findings: Finding[];
  operations: AnalysedOperation[];
  compiled: CompiledApi;
}

/** More are of no use to a reader; errors come first and are never cut off by warnings. */
const FINDINGS_MAX = 200;
const SEVERITIES = ["error", "warning", "info"];

/** Reads a definition from end to end. Runs in the worker; throws DefinitionRefused when the text is refused. */
export async function examine(source: string): Promise<Analysis> {
  const { document } = parseText(source);
  const version = exactVersion(source, document);
  const derived = derive(document, version);
  const operations = keyedOperations(document);
  const security = readSecurity(document);
  const applied = appliedSchemes(security).filter((scheme) => !scheme.foreign);
  const context: RuleContext = {
    document,
    derived,
    version,
    operations,
    security,
    applied,
    severity: security.intended ? "error" : "warning",
  };
  const { assembly, violations: assemblyViolations } = compileAssembly(document, derived, operations);
  const admission = compileAdmission(document, operations, security.enforced);
  const violations = [
    ...assemblyViolations,
    ...admission.violations,
    ...checkReferences(document, operations),
    ...checkRules(context),
    ...(await lintStructure(source, document)),
  ];
  violations.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return storable({
    ...derived,
    outline: outlineOf(operations),
    findings: withPositions(source, violations.slice(0, FINDINGS_MAX)),
    operations: operations.map((operation, position) => analyse(document, operation, position)),
    compiled: { ...compile(document, derived.basePath, operations, security, assembly), ...admission.compiled },
  });
}

/** YAML reads `version: 1.10` as the number 1.1; the text is what was meant. */
function exactVersion(source: string, document: JsonObject): string {
  const version = member(member(document, "info"), "version");
  return (typeof version === "number" && scalarText(source, ["info", "version"])) || asText(version);
}

function analyse(document: JsonObject, raw: KeyedOperation, position: number): AnalysedOperation {
  const { key, method, path, operation } = raw;
  const tags = member(operation, "tags");
  return {
    position,
    key,
    method,
    pathTemplate: path,
    summary: cutText(shownLine(asText(member(operation, "summary"))), SUMMARY_LENGTH_MAX),
    description: asText(member(operation, "description")),
    tags: Array.isArray(tags) ? tags.flatMap((tag) => (typeof tag === "string" && shownLine(tag)) || []) : [],
    security: effectiveSecurity(document, operation),
    slice: operationSlice(document, raw),
  };
}

/** PostgreSQL stores no NUL and no half of a surrogate pair; both can be written as escapes in JSON. */
function storable<T>(value: T): T {
  if (typeof value === "string") return value.replaceAll("\0", "").toWellFormed() as T;
  if (Array.isArray(value)) return value.map(storable) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [storable(key), storable(child)])) as T;
}
