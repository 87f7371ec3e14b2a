import { createHash } from "node:crypto";
import type { Tx } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { type Analysis, analyseDefinition } from "./analyse-definition.ts";

/** SHA-256 of a text, hex: equal for a draft and its published revision exactly when the draft has no new edits. */
export const hashOf = (source: string): string => createHash("sha256").update(source).digest("hex");

/**
 * Analyses a text for publishing. Throws DEFINITION_INVALID with every error finding, each with its line, when there
 * are any: what breaks a rule never becomes a route.
 */
export async function prepareRevision(source: string): Promise<Analysis> {
  const analysis = await analyseDefinition(source);
  const errors = analysis.findings.filter((finding) => finding.severity === "error");
  const [first] = errors;
  if (!first) return analysis;
  throw new AppError("DEFINITION_INVALID", {
    detail: `${analysis.title}, line ${first.line}: ${first.message}`,
    fields: errors.map(({ code, line, column, message }) => ({
      field: "source",
      message: `Line ${line}, column ${column}: ${message} (${code})`,
    })),
  });
}

/** Rows of one statement: Kubernetes' 776 operations weigh 3 MB. */
const BATCH = 200;

/** The immutable revision of a text with its operations; the one that exists when this text was published before. */
export async function freezeRevision(
  tx: Tx,
  apiDefinitionId: string,
  source: string,
  analysis: Analysis,
): Promise<string> {
  const hash = hashOf(source);
  const known = await tx.apiRevision.findUnique({
    where: { apiDefinitionId_hash: { apiDefinitionId, hash } },
    select: { id: true },
  });
  if (known) return known.id;
  const id = newId();
  const { title, version, description, basePath, compiled, operations } = analysis;
  const columns = { title, version, description, basePath, compiled: compiled as unknown as Prisma.InputJsonObject };
  await tx.apiRevision.create({ data: { id, apiDefinitionId, hash, source, ...columns } });
  for (let start = 0; start < operations.length; start += BATCH) {
    await tx.operation.createMany({
      data: operations.slice(start, start + BATCH).map(({ security, slice, ...operation }) => ({
        id: newId(),
        revisionId: id,
        ...operation,
        security: security as unknown as Prisma.InputJsonArray,
        slice: slice as unknown as Prisma.InputJsonObject,
      })),
    });
  }
  return id;
}
