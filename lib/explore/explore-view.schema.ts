import type { OperationSlice } from "#lib/api-definition/compiled.ts";
import type { ApiRef } from "#lib/paths.ts";
import type { CredentialNeed } from "./request.rules.ts";

export interface ExploreApiLine {
  /** Its address, with the version where another one is shown without. */
  ref: ApiRef;
  title: string;
  version: string;
}

/** The catalog that Explore was opened for (S61). */
export interface ExploreCatalog {
  slug: string;
  title: string;
  kind: "sandbox" | "production";
  organization: { slug: string; name: string };
}

/** One line of the left column. */
export interface ExploreOperationLine {
  key: string;
  method: string;
  path: string;
  summary: string;
  tag: string;
}

export interface ExploreApi extends ExploreApiLine {
  /** All that is live at the address. */
  versions: { version: string; ref: ApiRef; current: boolean }[];
  /** It was asked for by an address of before. */
  moved: "address" | "version" | null;
  catalog: ExploreCatalog;
  /** "/acme/sandbox/weather" */
  basePath: string;
  operationCount: number;
}

/** All that the console needs of one operation: never the whole definition. */
export interface ExploreOperation extends ExploreOperationLine {
  description: string;
  need: CredentialNeed;
  slice: OperationSlice;
}

/**
 * One of the actor's applications as a caller of this API. `ready` may call; the others say what is missing, so that
 * the page can link to what mends it.
 */
export interface Caller {
  id: string;
  name: string;
  /** Its name in a list to choose from, where another has the same one. */
  label: string;
  organization: string;
  state: "ready" | "pending" | "suspended" | "not-subscribed";
  /** Title of the plan that is in force or waits. */
  plan: string | null;
  /** Client IDs of its own active credentials for this environment; public within the organization (S102). */
  clientIds: string[];
}
