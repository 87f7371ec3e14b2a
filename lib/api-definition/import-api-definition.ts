import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { setBackendEverywhere } from "#lib/backend/set-backend-everywhere.ts";
import { type Tx, transaction } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { newId, slugify } from "#lib/ids.ts";
import { checkBackendAddress } from "#lib/net/backend-address.ts";
import { guardedFetch } from "#lib/net/guarded-fetch.ts";
import { type Analysis, analyseDefinition } from "./analyse-definition.ts";
import type { Finding } from "./compiled.ts";
import type { ImportApiDefinitionInput } from "./definition.schema.ts";
import { runJob } from "./definition-pool.ts";
import type { Derived } from "./derive.ts";
import { findSpace } from "./find-space.ts";
import { draftColumns, draftTransaction, freeName } from "./store-analysis.ts";

export interface Imported {
  id: string;
  title: string;
  version: string;
  basePath: string;
  operationCount: number;
  /** What a person should know; errors stand in the way of publishing, nothing stood in the way of the import. */
  report: Finding[];
}

/**
 * Takes a definition in as a draft, byte for byte; only a base path is added to the text when it has none or one that
 * is taken. Its own backend address is set in every catalog. Errors: DEFINITION_INVALID with the line, FETCH_FAILED
 * beside `url`.
 */
export async function importApiDefinition(actor: Actor, input: ImportApiDefinitionInput): Promise<Imported> {
  const permit = authorize(actor, "api:write");
  const space = await findSpace(permit, input.organization);
  const given = "url" in input ? await guardedFetch(input.url) : input.source;
  const field = "url" in input ? "url" : "source";
  const derived = await readFetched("url" in input, () =>
    runJob<Derived>({ kind: "derive", source: given }, { by: actor }),
  );
  const backend = await usableBackend(derived);
  const source = await withFreeBasePath(actor, space.id, given, derived);
  const analysis = await readFetched("url" in input, () => analyseDefinition(source, { by: actor }));
  const id = newId();
  const name = await draftTransaction(field, async (tx) => {
    const free = await freeName(tx, space.id, analysis);
    await tx.apiDefinition.create({ data: { id, spaceId: space.id, ...draftColumns(source, analysis), name: free } });
    if (backend.url) await setBackendEverywhere(tx, id, space.organizationId, backend.url);
    const target = { organizationId: space.organizationId, type: "api", id, name: analysis.title };
    await recordEvent(tx, permit, "api.imported", target, {
      version: analysis.version,
      ...("url" in input && { from: new URL(input.url).origin }),
    });
    return free;
  });
  const shared = name === analysis.name ? [] : [sharedTitle(analysis, name)];
  const report = [...shared, ...backend.findings, ...analysis.findings];
  const { title, version, basePath, outline } = analysis;
  return { id, title, version, basePath, operationCount: outline.length, report };
}

/**
 * What a person did not bring themselves is not quoted to them, not even in an error: the portal may reach what they
 * cannot (T10). The place stays.
 */
async function readFetched<T>(isFetched: boolean, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isFetched || !(error instanceof AppError) || error.code === "OVERLOADED") throw error;
    const place = /^Line \d+, column \d+/.exec(error.fields[0]?.message ?? "")?.[0];
    const message = place
      ? `The address delivers no OpenAPI definition that can be read: see ${place.toLowerCase()} of it.`
      : "The address delivers no OpenAPI definition that can be read.";
    throw new AppError("FETCH_FAILED", { fields: [{ field: "url", message }], cause: error });
  }
}

/** Another draft has this title and version. Publishers do share titles, so it is said, not refused. */
const sharedTitle = ({ title, version }: Analysis, name: string): Finding => ({
  severity: "warning",
  code: "TITLE_SHARED",
  message: `Another API is called ${title} ${version}. This one stands beside it as ${name}; to replace the other's text, open that one and paste it there.`,
  pointer: "/info/title",
  line: 1,
  column: 1,
});

/** The definition's own backend address where we may call it; else a warning, because the API can be set up later. */
async function usableBackend({ backendUrl }: Derived): Promise<{ url: string | null; findings: Finding[] }> {
  const warn = (message: string): { url: null; findings: Finding[] } => ({
    url: null,
    findings: [{ severity: "warning", code: "BACKEND_ADDRESS", message, pointer: "", line: 1, column: 1 }],
  });
  if (!backendUrl) return warn("The definition names no backend address. Enter one under Backend before you publish.");
  try {
    return { url: await checkBackendAddress(backendUrl), findings: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return warn(`The backend address ${backendUrl} was not taken over. ${error.detail}`);
  }
}

/** Splices a base path into the text when it has none, or one that another draft of the space has. */
async function withFreeBasePath(
  actor: Actor,
  spaceId: string,
  source: string,
  { basePath, title }: Derived,
): Promise<string> {
  const free = await transaction((tx) => freeBasePath(tx, spaceId, basePath, title));
  if (free === basePath) return source;
  const edits = [{ op: "set" as const, pointer: "/x-portico/base-path", value: free }];
  return runJob<string>({ kind: "edit", source, edits }, { by: actor });
}

async function freeBasePath(tx: Tx, spaceId: string, wanted: string, title: string): Promise<string> {
  const isFree = async (basePath: string): Promise<boolean> =>
    (await tx.apiDefinition.findFirst({ where: { spaceId, basePath }, select: { id: true } })) === null;
  if (wanted !== "" && (await isFree(wanted))) return wanted;
  const base = `/${slugify(title) || "api"}`;
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? base : `${base}-${n}`;
    if (await isFree(candidate)) return candidate;
  }
}
