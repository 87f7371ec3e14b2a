import type { JsonSchema } from "./compile-schema.ts";

/** What requests of an API are held against, made when it is published: plain JSON, references resolved. */
export interface CompiledValidation {
  /** Schemas that others refer to with `DEFINITIONS + name`. */
  definitions: Record<string, JsonSchema>;
  /** By the operation's key. */
  operations: Record<string, CompiledRequest>;
}

export interface CompiledRequest {
  parameters: CompiledParameter[];
  /** null: the definition says nothing of a body, so that none is checked. */
  body: CompiledBody | null;
}

export interface CompiledParameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  value: CompiledValue;
  schema: JsonSchema;
}

/** How a text of the wire becomes a value. */
export interface CompiledValue {
  /** null: one value. "multi": the parameter comes once for each item. "json": the text is JSON. Else a separator. */
  list: null | "multi" | "json" | "," | " " | "|" | "\t";
  /** JSON types that the value, or each item, may have. */
  types: string[];
}

export interface CompiledBody {
  required: boolean;
  content: CompiledMedia[];
}

export interface CompiledMedia {
  /** Lower case, without parameters; "type/*" and "*\/*" are ranges. */
  type: string;
  /** null: this type is let through unread. */
  schema: JsonSchema | null;
  /** Of a form: how its fields become values. */
  fields: Record<string, CompiledValue> | null;
}
