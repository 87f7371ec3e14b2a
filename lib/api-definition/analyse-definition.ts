import { type JobOwner, runJob } from "./definition-pool.ts";
import type { Analysis } from "./examine.ts";

export type { AnalysedOperation, Analysis } from "./examine.ts";

/**
 * Reads a definition from end to end in a worker thread. Errors: DEFINITION_INVALID with line and column when the
 * text is refused (no YAML or JSON, no OpenAPI, a used reference into nowhere, too much work), OVERLOADED.
 */
export const analyseDefinition = (source: string, owner: JobOwner = {}): Promise<Analysis> =>
  runJob({ kind: "analyse", source }, owner);
