import { env } from "#lib/env.ts";
import type { ApiRef } from "#lib/paths.ts";
import { buildCurl } from "./curl.rules.ts";
import type { ExploreOperationLine } from "./explore-view.schema.ts";
import { findPublished } from "./find-published.ts";
import { exploreApiOf, exploreOperationOf } from "./read-explore.ts";
import { sampleRequest } from "./request.rules.ts";

export interface ReadyCurl {
  operations: ExploreOperationLine[];
  /** There are more than these. */
  more: boolean;
  /** Key of the operation that the command calls. */
  operation: string;
  command: string;
  /** Which placeholders it has, for the words above it. */
  needsSecret: boolean;
}

/** A curl command for an operation of a published API with its sample values (S24, S27); the first one where none is named. */
export async function readReadyCurl(ref: ApiRef, key?: string): Promise<ReadyCurl | null> {
  const published = await findPublished(ref);
  const { api, operations, more } = await exploreApiOf(published);
  const chosen = operations.find((o) => o.key === key) ?? operations[0];
  if (!chosen) return null;
  const operation = await exploreOperationOf(published, chosen.key);
  const { method, path: pathTemplate, slice, need } = operation;
  const request = sampleRequest({ method, basePath: api.basePath, pathTemplate, slice });
  if (!request) return null;
  const command = buildCurl(request, { origin: env().GATEWAY_URL, need });
  return { operations, more, operation: chosen.key, command, needsSecret: need.clientSecret !== null };
}
