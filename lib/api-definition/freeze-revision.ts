import { createHash } from "node:crypto";
import type { Tx } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { readableForm } from "#lib/gateway-feed/readable-form.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";
import { type Analysis, analyseDefinition } from "./analyse-definition.ts";
import type { CompiledForm } from "./compiled.ts";
import { COMPILER_VERSION, inForm } from "./compiler.ts";
import type { JobOwner } from "./definition-pool.ts";

/** SHA-256 of a text, hex: equal for a draft and its published revision exactly when the draft has no new edits. */
export const hashOf = (source: string): string => createHash("sha256").update(source).digest("hex");

/**
 * Analyses a text for publishing. Throws DEFINITION_INVALID with every error finding, each with its line, when there
 * are any: what breaks a rule never becomes a route.
 */
export async function prepareRevision(source: string, owner: JobOwner = {}): Promise<Analysis> {
  const analysis = await analyseDefinition(source, owner);
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

/** What a revision is compiled to, as it is stored: made anew by a newer compiler. */
function compiledColumns(analysis: Analysis, form: CompiledForm) {
  const { title, version, description, basePath, compiled } = analysis;
  return {
    ...{ title, version, description, basePath, form },
    compiled: inForm(compiled, form) as unknown as Prisma.InputJsonObject,
    compilerVersion: COMPILER_VERSION,
    problem: null,
    problemVersion: null,
  };
}

async function insertOperations(tx: Tx, revisionId: string, { operations }: Analysis): Promise<void> {
  for (let start = 0; start < operations.length; start += BATCH) {
    await tx.operation.createMany({
      data: operations.slice(start, start + BATCH).map(({ security, slice, ...operation }) => ({
        id: newId(),
        revisionId,
        ...operation,
        security: security as unknown as Prisma.InputJsonArray,
        slice: slice as unknown as Prisma.InputJsonObject,
      })),
    });
  }
}

/**
 * The revision of a text with its operations: a new one, or the one that exists when this text was published before, made
 * anew where an older compiler made it.
 */
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
  if (known) {
    await renewRevision(tx, known.id, analysis);
    return known.id;
  }
  const id = newId();
  const columns = compiledColumns(analysis, await readableForm(tx));
  await tx.apiRevision.create({ data: { id, apiDefinitionId, hash, source, ...columns } });
  await insertOperations(tx, id, analysis);
  return id;
}

/**
 * Puts what this compiler makes of a revision's source in the place of what an older one made, and announces it to the
 * gateways like a publish. Returns what `waitUntilLive` waits for; null: there was nothing to do, or nobody serves it.
 */
export async function renewRevision(tx: Tx, id: string, analysis: Analysis): Promise<bigint | null> {
  const columns = compiledColumns(analysis, await readableForm(tx));
  // Whoever is second, a publish or another portal, waits for this row and finds it done.
  const { count } = await tx.apiRevision.updateMany({
    where: { id, compilerVersion: { lt: COMPILER_VERSION } },
    data: columns,
  });
  if (count === 0) return null;
  await tx.operation.deleteMany({ where: { revisionId: id } });
  await insertOperations(tx, id, analysis);
  return announceRevision(tx, id);
}

/** Tells the gateways of every catalog that serves a revision; null: none does. */
export async function announceRevision(tx: Tx, revisionId: string): Promise<bigint | null> {
  let xid: bigint | null = null;
  for (const { id } of await tx.publishedApi.findMany({ where: { revisionId }, select: { id: true } })) {
    xid = await recordChange(tx, "published-api", id);
  }
  return xid;
}
