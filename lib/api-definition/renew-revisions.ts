import pg from "pg";
import type { SystemActor } from "#lib/access/actor.ts";
import { ADVISORY_LOCKS } from "#lib/db/advisory-locks.ts";
import { db, transaction } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { readableForm } from "#lib/gateway-feed/readable-form.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { log } from "#lib/log.ts";
import type { Analysis } from "./analyse-definition.ts";
import type { CompiledApi } from "./compiled.ts";
import { COMPILER_VERSION, inForm } from "./compiler.ts";
import { announceRevision, prepareRevision, renewRevision } from "./freeze-revision.ts";

/** Revisions of one slice. Each is compiled in the worker, which takes milliseconds to seconds, and committed by itself. */
const SLICE = 20;

const installation: SystemActor = { kind: "system", name: "Renewal" };

export interface Renewal {
  /** Made anew and announced. */
  renewed: number;
  /** No longer compile: they serve on as they are, and their owner is told. */
  refused: number;
  /** IDs of those that could not be tried now: they stay in line. */
  left: string[];
}

interface Due {
  id: string;
  compilerVersion: number;
  /** Compile its source; else only its form is another. */
  compile: boolean;
}

/**
 * Makes published revisions anew that an older compiler made, from their stored source, at most a slice of them, and puts
 * those in another form that the gateways which run cannot read, or need not avoid any more. Each is one transaction, so
 * that whoever is killed leaves only whole ones, and the next goes on behind it. `skip`: IDs that are not tried. Returns
 * null while another portal is at it.
 */
export async function renewRevisions(skip: ReadonlySet<string> = new Set(), max = SLICE): Promise<Renewal | null> {
  // Of several portals one works, the others ask again later. A lock of a session: it goes with the process that holds it.
  const guard = new pg.Client({
    connectionString: process.env.DATABASE_URL,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  });
  let held = true;
  guard.on("error", () => {
    held = false;
  });
  await guard.connect();
  try {
    const { rows } = await guard.query<{ mine: boolean }>("select pg_try_advisory_lock($1) as mine", [
      ADVISORY_LOCKS.renewal,
    ]);
    if (!rows[0]?.mine) return null;
    const result: Renewal = { renewed: 0, refused: 0, left: [] };
    for (const due of await readDue([...skip], max)) {
      if (!held) break;
      const outcome = await renewOne(due);
      if (outcome === "left") result.left.push(due.id);
      else result[outcome] += 1;
    }
    return result;
  } finally {
    await guard.end().catch(() => undefined);
  }
}

/** Published revisions that are not what this version would write, the oldest first. */
async function readDue(skip: string[], max: number): Promise<Due[]> {
  const form = await readableForm();
  return db().$queryRaw<Due[]>`
    select id, "compilerVersion", compile from (
      select r.id, r."compilerVersion", r.form,
        r."compilerVersion" < ${COMPILER_VERSION} and r."problemVersion" is distinct from ${COMPILER_VERSION} as compile
      from "ApiRevision" r
      where exists (select 1 from "PublishedApi" p where p."revisionId" = r.id) and r.id <> all(${skip}::uuid[])) live
    where compile or form > ${form} or (form < ${form} and "compilerVersion" = ${COMPILER_VERSION})
    order by id limit ${max}`;
}

async function renewOne(due: Due): Promise<keyof Renewal> {
  const { id } = due;
  try {
    if (!due.compile) return await putInForm(due);
    const { source, ...address } = await db().apiRevision.findUniqueOrThrow({
      where: { id },
      select: { source: true, basePath: true, version: true },
    });
    const analysis = await prepareRevision(source);
    const xid = await transaction((tx) => renewRevision(tx, id, atAddress(analysis, address)));
    // One after the other: gateways are never given many changes at once.
    if (xid !== null) await waitUntilLive(xid, installation);
    log.info({ revision: id, compilerVersion: COMPILER_VERSION }, "published API compiled anew");
    return "renewed";
  } catch (error) {
    if (error instanceof AppError && error.code === "DEFINITION_INVALID") {
      await noteProblem(id, error);
      return "refused";
    }
    log.error({ revision: id, reason: error instanceof Error ? error.message : "unknown" }, "not compiled anew yet");
    return "left";
  }
}

/** What is live keeps its addresses, whatever a newer compiler would make of the text: nobody publishes here. */
function atAddress(analysis: Analysis, address: { basePath: string; version: string }): Analysis {
  const { assembly } = analysis.compiled;
  const compiled = {
    ...analysis.compiled,
    basePath: address.basePath,
    ...(assembly && { assembly: { ...assembly, api: { ...assembly.api, ...address } } }),
  };
  return { ...analysis, ...address, compiled };
}

/** The old form serves on; the owner reads the reason on the API's page and in the catalog. */
async function noteProblem(id: string, error: AppError): Promise<void> {
  const problem = error.fields?.[0]?.message ?? error.detail ?? error.message;
  await db().apiRevision.updateMany({
    where: { id, compilerVersion: { lt: COMPILER_VERSION } },
    data: { problem, problemVersion: COMPILER_VERSION },
  });
  log.warn(
    { revision: id, compilerVersion: COMPILER_VERSION },
    "published API no longer compiles, its old form serves on",
  );
}

/** The same compiled API for the gateways that run now. */
async function putInForm({ id, compilerVersion }: Due): Promise<"renewed"> {
  const xid = await transaction(async (tx) => {
    const form = await readableForm(tx);
    const { compiled } = await tx.apiRevision.findUniqueOrThrow({ where: { id }, select: { compiled: true } });
    const same = inForm(compiled as unknown as CompiledApi, form) as unknown as Prisma.InputJsonObject;
    // Compiled anew meanwhile, by a publish: then that is in a form for the same gateways.
    const where = { id, compilerVersion };
    const { count } = await tx.apiRevision.updateMany({ where, data: { compiled: same, form } });
    return count > 0 ? announceRevision(tx, id) : null;
  });
  if (xid !== null) await waitUntilLive(xid, installation);
  return "renewed";
}
