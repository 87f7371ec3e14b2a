import type { AssemblyOutline } from "#lib/assembly/outline.schema.ts";
import type { KeyType } from "./compiled.ts";

/** An apiKey scheme as the design form shows it. */
export interface FormScheme {
  name: string;
  parameterName: string;
  keyType: KeyType;
  /** "header", "query", or what else the source says. */
  in: string;
  description: string;
  pointer: string;
  /** Whether a requirement of the API or of an operation names it (S70). */
  applied: boolean;
}

/** What the design form edits: read from the source, which stays the truth. */
export interface DefinitionForm {
  title: string;
  version: string;
  description: string;
  basePath: string;
  gatewayType: string;
  enforced: boolean;
  schemes: FormScheme[];
  /** The API's requirement: alternatives of scheme names needed together; all kinds of schemes. */
  security: string[][];
  /** Names of all schemes that a requirement can name, apiKey or not. */
  schemeNames: string[];
  /** The gateway answers browsers of other origins (`x-ibm-configuration.cors.enabled`). */
  cors: boolean;
  /** Edited in the source. */
  assembly: AssemblyOutline;
}

/** What a parameter name says (S81). */
export const typeByName = (parameterName: string): KeyType =>
  /secret/i.test(parameterName) ? "client_secret" : "client_id";
