import type { CompiledAssembly } from "#lib/assembly/plan.ts";
import type { CompiledValidation } from "#lib/validation/compiled-validation.ts";

/** Forms in which a definition is stored compiled. */
export type CompiledForm = 1 | 2;

/**
 * What publishing compiles a definition to: all that the gateway needs to route and to secure a call, nothing else.
 * It is stored in ApiRevision.compiled and read by the gateway's snapshot. Pure types.
 */
export interface CompiledApi {
  /** See compiler.ts; gateways before 0.2.0 read 1 alone. */
  format: CompiledForm;
  /** Starts with "/", no trailing slash. */
  basePath: string;
  /** false: another gateway enforces this API, ours passes calls through unchecked (S79). */
  enforced: boolean;
  /** The apiKey schemes that requirements name, by scheme name. */
  schemes: Record<string, CompiledScheme>;
  /** Whether a scheme of type http or oauth2 is declared: then the client's Authorization may travel on (gateway.md 2.5). */
  forwardsAuthorization: boolean;
  /** Whether an access token may come in place of the pair (gateway.md 2.4); absent: yes. */
  acceptsTokens?: boolean;
  operations: CompiledOperation[];
  /** Policies that run in place of the plain call of the backend. Rows from before assemblies have none. */
  assembly?: CompiledAssembly;
  /** Addresses and networks that may call; absent: all. */
  networks?: string[];
  /** How browsers of other origins may call; absent: the gateway leaves that to the backend. */
  cors?: CompiledCors;
  /** What requests are held against; absent: they are not. */
  validation?: CompiledValidation;
}

export interface CompiledCors {
  /** null: any. */
  origins: string[] | null;
  /** Request headers that a page may set; null: those that it asks for. */
  headers: string[] | null;
  /** Answer headers that a page may read, beside the gateway's own. */
  exposeHeaders: string[];
  /** Cookies and HTTP authentication travel; never with any origin. */
  credentials: boolean;
  /** How long a browser may remember the answer. */
  maxAgeSeconds: number;
}

/** What a caller sends in the parameter of an apiKey scheme (`x-key-type`). */
export type KeyType = "client_id" | "client_secret";

export interface CompiledScheme {
  key: KeyType;
  in: "header" | "query";
  /** As declared; header names are compared in any case. */
  name: string;
}

export interface CompiledOperation {
  /** Unique in the API: the operationId, or "method path". Same as Operation.key. */
  key: string;
  /** Upper case. */
  method: string;
  /** Template below the base path, e.g. "/pets/{petId}". */
  path: string;
  /**
   * The effective requirement: alternatives (OR) of scheme names needed together (AND), only apiKey schemes kept.
   * [] = open. An empty alternative = optional.
   */
  security: string[][];
  /** Of the headers that it declares those that pass only so (declared-headers.ts), in lower case; absent: none. */
  headers?: string[];
}

/** A finding of import, save or publish; it points into the text (1-based line and column) and, where one exists, to a form field. */
export interface Finding {
  severity: "error" | "warning" | "info";
  /** Stable: e.g. S85, S89, YAML_SYNTAX, REF_UNRESOLVED. */
  code: string;
  /** Cause and remedy, one or two sentences. */
  message: string;
  /** JSON pointer into the document; "" = the whole. */
  pointer: string;
  line: number;
  column: number;
  /** One-click fix: splice edits for editDefinition. */
  fix?: { label: string; edits: DefinitionEdit[] };
}

/** An edit of the source text that leaves every other byte as it was. */
export type DefinitionEdit =
  | { op: "set"; pointer: string; value: unknown }
  | { op: "remove"; pointer: string }
  | { op: "rename"; pointer: string; key: string };

/** One line of a draft's operation list (ApiDefinition.outline). */
export interface OutlineOperation {
  key: string;
  method: string;
  path: string;
  operationId: string | null;
  summary: string;
}

/** Operation.slice: what a form or a snippet needs to make a call; references resolved, depth bounded. */
export interface OperationSlice {
  parameters: SliceParameter[];
  body: { required: boolean; contentTypes: string[]; example: string } | null;
  responses: { status: string; description: string }[];
}

export interface SliceParameter {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  required: boolean;
  description: string;
  type: string;
  enum: string[];
  /** Example, default, or a sample; "" when there is none. Text as it goes on the wire. */
  example: string;
}
