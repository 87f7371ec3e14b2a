import { isObject, type JsonObject } from "#lib/api-definition/json-pointer.ts";
import type { KeyedOperation } from "#lib/api-definition/operations.ts";
import { cutText } from "#lib/text.schema.ts";
import { compileInvoke } from "./compile-invoke.ts";
import { compileMap } from "./compile-map.ts";
import { compileRatelimit } from "./compile-ratelimit.ts";
import { compileRedact } from "./compile-redact.ts";
import { compileLog, compileParse, compileSetVariable, compileThrow } from "./compile-simple.ts";
import { compileOperationSwitch, compileSwitch } from "./compile-switch.ts";
import { compileValidate } from "./compile-validate.ts";
import type { CompiledPolicy } from "./plan.ts";
import { type PolicyKind, policySchemas, UNSUPPORTED } from "./policy.schema.ts";
import type { Report } from "./report.ts";
import { checkUnexpanded } from "./unexpanded.ts";

/** What compilers of policies work with. */
export interface Context {
  report: Report;
  document: JsonObject;
  operations: readonly KeyedOperation[];
  /** Compiles a list of policies below this one. */
  list(raw: unknown, pointer: string): CompiledPolicy[];
}

type Uncommon = CompiledPolicy extends infer P ? (P extends CompiledPolicy ? Omit<P, "title" | "body"> : never) : never;
type Compile = (input: never, context: Context, pointer: string) => Uncommon | undefined;

const compilers: Record<PolicyKind, Compile> = {
  "set-variable": compileSetVariable,
  invoke: compileInvoke,
  switch: compileSwitch,
  "operation-switch": compileOperationSwitch,
  throw: compileThrow,
  parse: compileParse,
  map: compileMap,
  validate: compileValidate,
  ratelimit: compileRatelimit,
  redact: compileRedact,
  log: compileLog,
};

/** More was made to exhaust a gateway, or by a loop. */
const POLICIES_MAX = 500;
const DEPTH_MAX = 20;

/** A compiler of lists for one document: each policy is an object with one key, its type (S97, S101). */
export function listCompiler(report: Report, document: JsonObject, operations: readonly KeyedOperation[]) {
  let count = 0;
  let depth = 0;
  const context: Context = { report, document, operations, list };

  function list(raw: unknown, pointer: string): CompiledPolicy[] {
    if (raw === undefined || raw === null) return [];
    if (!Array.isArray(raw)) {
      report.error("ASSEMBLY_SHAPE", pointer, "Policies stand in a list, each as one entry with its type as the key.");
      return [];
    }
    if (depth >= DEPTH_MAX) {
      report.error("ASSEMBLY_SHAPE", pointer, `Policies are nested more than ${DEPTH_MAX} deep.`);
      return [];
    }
    depth += 1;
    const compiled = raw.flatMap((entry, index) => policy(entry, `${pointer}/${index}`) ?? []);
    depth -= 1;
    return compiled;
  }

  function policy(entry: unknown, pointer: string): CompiledPolicy | undefined {
    const kinds = isObject(entry) ? Object.keys(entry) : [];
    const [kind = ""] = kinds;
    if (!isObject(entry) || kinds.length !== 1) {
      report.error("ASSEMBLY_SHAPE", pointer, "A policy is an object with one key: its type, such as set-variable.");
      return undefined;
    }
    count += 1;
    if (count > POLICIES_MAX) {
      if (count === POLICIES_MAX + 1) report.error("ASSEMBLY_SHAPE", pointer, `More than ${POLICIES_MAX} policies.`);
      return undefined;
    }
    return one(kind, entry[kind], `${pointer}/${kind.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  }

  function one(kind: string, raw: unknown, pointer: string): CompiledPolicy | undefined {
    if (Object.hasOwn(UNSUPPORTED, kind)) {
      report.error("POLICY_UNSUPPORTED", pointer, UNSUPPORTED[kind] ?? "");
      return undefined;
    }
    if (!Object.hasOwn(policySchemas, kind)) {
      const known = Object.keys(policySchemas).join(", ");
      report.error("POLICY_UNKNOWN", pointer, `There is no policy ${cutText(kind, 60)}. Portico runs ${known}.`);
      return undefined;
    }
    const parsed = policySchemas[kind as PolicyKind].safeParse(raw ?? {});
    if (!parsed.success) {
      for (const { pointer: at, message } of issues(parsed.error.issues, pointer)) {
        report.error("POLICY_INVALID", at, message);
      }
      return undefined;
    }
    const compiled = compilers[kind as PolicyKind](parsed.data as never, context, pointer);
    checkUnexpanded(kind as PolicyKind, raw, pointer, report);
    if (!compiled) return undefined;
    const policy = { ...compiled, title: parsed.data.title || kind } as CompiledPolicy;
    return { ...policy, body: mentionsBody(policy) };
  }

  return list;
}

interface Issue {
  code?: string | undefined;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}

/** Where in the text each issue of a schema is, and its words. */
export function issues(found: readonly unknown[], base: string): { pointer: string; message: string }[] {
  return (found as Issue[]).flatMap(({ code, path, message, keys }) => {
    const pointer = base + path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    if (code !== "unrecognized_keys")
      return [{ pointer, message: message === "Invalid input" ? "Not understood." : message }];
    return (keys ?? []).map((key) => ({
      pointer: `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      message: `${cutText(key, 60)} is no property of this policy that Portico knows.`,
    }));
  });
}

/** Whether a policy itself, not those below it, reads or writes a body. */
function mentionsBody(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(mentionsBody);
  if (!isObject(value)) return false;
  const { scope, path } = value;
  if ((scope === "message" || scope === "request") && Array.isArray(path) && path[0] === "body") return true;
  if (scope === "body") return true;
  return Object.entries(value).some(([key, child]) => key !== "execute" && key !== "otherwise" && mentionsBody(child));
}
