import { ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { whoSaved } from "#lib/audit/who-saved.ts";
import { db, type Tx } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import { analyseDefinition } from "./analyse-definition.ts";
import type { Finding } from "./compiled.ts";
import { draftColumns, draftTransaction, freeName } from "./store-analysis.ts";

export interface Saved {
  id: string;
  sourceVersion: number;
  source: string;
  title: string;
  findings: Finding[];
}

interface DraftRef {
  id: string;
  organizationId: string;
}

export interface LoadedDraft extends DraftRef {
  source: string;
  sourceVersion: number;
}

/** A draft in reach of the permit, for changing. A foreign ID is as absent as a random one. */
export async function loadDraft(permit: Permit, id: string): Promise<LoadedDraft> {
  const draft = await db().apiDefinition.findFirst({
    where: { id, ...ownedThrough("space", permit) },
    select: { id: true, source: true, sourceVersion: true, space: { select: { organizationId: true } } },
  });
  if (!draft) throw notFound();
  const { space, ...row } = draft;
  return { ...row, organizationId: space.organizationId };
}

/** The CONFLICT of a save from an old version; says who saved meanwhile, and when. */
export async function changedMeanwhile(permit: Permit, draft: DraftRef, reader: Tx = db()): Promise<AppError> {
  const { id, organizationId } = draft;
  const saved = await whoSaved(reader, permit, { organizationId, action: "api.saved", targetId: id });
  const kept = "Your text is still here: copy it, reload, and put your changes in again.";
  const words = {
    self: `You saved this API in another window ${saved.when} after you opened it here. ${kept}`,
    other: `${saved.name} saved this API ${saved.when} after you opened it here. ${kept}`,
    unknown: `Somebody saved this API after you opened it here. ${kept}`,
  };
  return new AppError("CONFLICT", { detail: words[saved.who] });
}

/** Writes a new text of a draft, errors in it or not, when nobody saved since `sourceVersion`. */
export async function saveSource(permit: Permit, id: string, source: string, sourceVersion: number): Promise<Saved> {
  const analysis = await analyseDefinition(source, { by: permit.actor });
  return draftTransaction("source", async (tx) => {
    const draft = await tx.apiDefinition.findFirst({
      where: { id, ...ownedThrough("space", permit) },
      select: { id: true, name: true, spaceId: true, space: { select: { organizationId: true } } },
    });
    if (!draft) throw notFound();
    const name = await freeName(tx, draft.spaceId, analysis, draft);
    // The lock is in the condition, so that of two saves at once exactly one wins.
    const { count } = await tx.apiDefinition.updateMany({
      where: { id, sourceVersion },
      data: { ...draftColumns(source, analysis), name, sourceVersion: { increment: 1 }, updatedAt: new Date() },
    });
    const { organizationId } = draft.space;
    if (count === 0) throw await changedMeanwhile(permit, { id, organizationId }, tx);
    const target = { organizationId, type: "api", id, name: analysis.title };
    await recordEvent(tx, permit, "api.saved", target, { version: analysis.version });
    return { id, sourceVersion: sourceVersion + 1, source, title: analysis.title, findings: analysis.findings };
  });
}
