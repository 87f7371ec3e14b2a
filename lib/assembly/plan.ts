/**
 * What an assembly (`x-ibm-configuration.assembly`) compiles to at publish: plain JSON, stored in ApiRevision.compiled and
 * turned into functions when a gateway loads it. Nothing is parsed while a call waits. Pure types.
 */
export interface CompiledAssembly {
  format: 1;
  /** For `api.name`, `api.version`, `api.title`, `api.root`. */
  api: { name: string; version: string; title: string; basePath: string };
  /** API properties with their own value, and what catalogs say instead, by the catalog's name. */
  properties: Record<string, string>;
  catalogProperties: Record<string, Record<string, string>>;
  execute: CompiledPolicy[];
  catch: CompiledCatch[];
  finally: CompiledPolicy[];
}

export interface CompiledCatch {
  /** Names of errors; null: every other one (`default`). */
  errors: string[] | null;
  execute: CompiledPolicy[];
}

export type Scope =
  | "request"
  | "message"
  | "api"
  | "client"
  | "plan"
  | "system"
  /** The error that a catch handles. */
  | "error"
  /** A property of the API; the path is its name. */
  | "property"
  /** The backend's address in the catalog: `$(target-url)` where the API has no property of that name. */
  | "target"
  /** Within `map`: its inputs, `$(1)` and the items of a foreach. */
  | "input"
  /** Set by a policy. */
  | "own";

/** A variable. Path of `headers` and `parameters` has two parts, of `body` any number. */
export interface Reference {
  scope: Scope;
  path: string[];
}

/** Text with variables in it, already split. */
export type Template = (string | Reference)[];

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A literal that is no text, or text with variables. */
export type Value = { literal: Json } | { template: Template };

/** What a policy may write: `message.headers.NAME`, `message.body…`, `message.status.…`, or a variable of its own. */
export interface Target {
  scope: "message" | "own";
  path: string[];
}

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=" | "in";

export type Condition =
  | { op: "and" | "or"; of: Condition[] }
  | { op: "not"; of: Condition }
  | { op: "compare"; by: Comparison; left: Operand; right: Operand }
  | { op: "truthy"; of: Operand };

export type Operand =
  | { value: string | number | boolean | null }
  | { reference: Reference }
  | { list: Operand[] }
  | { call: CallName; of: Operand[] };

export type CallName = "string" | "number" | "lowercase" | "uppercase" | "exists" | "contains" | "not";

export type SetAction =
  | { do: "set" | "add"; target: Target; type: "any" | "string" | "number" | "boolean"; value: Value }
  | { do: "clear"; target: Target };

/** Regular expressions of names (RE2 syntax, matched against the whole name). */
export interface NameControl {
  allow: boolean;
  patterns: string[];
}

interface Common {
  title: string;
  /** The policy reads or writes bodies: they are buffered and decoded before it runs. */
  body: boolean;
}

export interface SetVariablePolicy extends Common {
  kind: "set-variable";
  actions: SetAction[];
}

export interface InvokePolicy extends Common {
  kind: "invoke";
  /** null: the backend of the catalog with the path and query of the call. */
  url: Template | null;
  /** null: as the client called. */
  verb: string | null;
  /** For the whole exchange; null: the backend's own limit, or 60 s. */
  timeoutMs: number | null;
  username: Template | null;
  password: Template | null;
  headers: NameControl | null;
  /** Which query parameters of the call are added to `url`; null: none. */
  parameters: NameControl | null;
  /** Variable that the answer goes to; null: the message. */
  output: string | null;
  /** Errors that stop the assembly; null: ConnectionError. */
  stopOnError: string[] | null;
  /** Send the body with methods that usually have none. */
  keepPayload: boolean;
  /** Nothing comes after it: the answer streams. */
  tail: boolean;
}

export interface SwitchPolicy extends Common {
  kind: "switch";
  cases: { when: Condition; execute: CompiledPolicy[] }[];
  otherwise: CompiledPolicy[];
}

export interface OperationSwitchPolicy extends Common {
  kind: "operation-switch";
  /** By keys of operations. */
  cases: { operations: string[]; execute: CompiledPolicy[] }[];
  otherwise: CompiledPolicy[];
}

export interface ThrowPolicy extends Common {
  kind: "throw";
  name: string;
  message: Template;
  status: number | null;
  reason: string;
}

export interface ParsePolicy extends Common {
  kind: "parse";
  /** What is parsed: `message` or `request`, or a variable that holds an answer. */
  input: Reference;
  output: Target;
  /** Only when the content type says JSON. */
  useContentType: boolean;
}

export interface MapPolicy extends Common {
  kind: "map";
  inputs: Record<string, Reference>;
  outputs: Record<string, { target: Target; contentType: string }>;
  actions: MapAction[];
}

export interface MapAction {
  /** First the name of an output, then the path in it; below a foreach: the path in the item. */
  set: string[];
  from: Reference[];
  value: Value | null;
  /** What stands in for nothing. */
  fallback?: Json;
  /** Once for each item of this list. */
  foreach: Reference | null;
  /** Below a foreach: what each item is made of. */
  actions: MapAction[];
}

export interface ValidatePolicy extends Common {
  kind: "validate";
  input: Reference;
  /**
   * JSON schemas, each self-contained: "" for all operations, else by the operation's key, and for answers by key and
   * status ("getPet 200", "getPet default"). Without one nothing is checked.
   */
  schemas: Record<string, Json>;
}

export interface RatelimitPolicy extends Common {
  kind: "ratelimit";
  /** Rates of its own: calls in a window. */
  rates: { limit: number; windowSeconds: number }[];
  /** Limits of the caller's plan by name, such as 100-per-hour; "*" = all of them. */
  planLimits: string[];
  /** Tells the counters of several such policies of one API apart. */
  place: string;
}

export interface RedactPolicy extends Common {
  kind: "redact";
  redactions: { remove: boolean; logs: boolean; message: boolean; path: RedactPath }[];
}

/** Where to redact. `anywhere`: every member of that name, at any depth below `path`. */
export interface RedactPath {
  scope: "body" | "headers";
  path: string[];
  anywhere: boolean;
}

export interface LogPolicy extends Common {
  kind: "log";
  level: "none" | "activity" | "header" | "payload";
}

export type CompiledPolicy =
  | SetVariablePolicy
  | InvokePolicy
  | SwitchPolicy
  | OperationSwitchPolicy
  | ThrowPolicy
  | ParsePolicy
  | MapPolicy
  | ValidatePolicy
  | RatelimitPolicy
  | RedactPolicy
  | LogPolicy;
