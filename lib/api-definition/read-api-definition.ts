import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { apiRefOf, linkSelect } from "#lib/api-address/api-address.dto.ts";
import { type BackendDto, backendsOf } from "#lib/backend/read-backends.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import type { ApiRef } from "#lib/paths.ts";
import { type ApiDefinitionDto, apiSelect, findingsFrom, toApiDefinition } from "./api-definition.dto.ts";
import type { Finding } from "./compiled.ts";
import type { DefinitionForm } from "./definition-form.rules.ts";
import { runJob } from "./definition-pool.ts";
import { hashOf } from "./freeze-revision.ts";

/** What callers of one catalog get, against the draft. */
export interface PublicationState {
  catalogId: string;
  catalogSlug: string;
  catalogTitle: string;
  catalogKind: "sandbox" | "production";
  /** null where the API is not published. */
  published: {
    publishedApiId: string;
    /** Its public address in the catalog. */
    ref: ApiRef;
    publishedAt: Date;
    version: string;
    basePath: string;
    /** false: the draft has edits that are not live (S48). */
    isCurrent: boolean;
    /** Why this version cannot compile it, so that an older compiled form serves on; null: it can. */
    problem: string | null;
  } | null;
}

export interface ApiDefinitionView {
  api: ApiDefinitionDto;
  source: string;
  form: DefinitionForm;
  findings: Finding[];
  /** One per catalog, Sandbox first; `url` is null where none is set. */
  backends: BackendDto[];
  publication: PublicationState[];
}

/** A draft with everything that its design page shows. */
export async function readApiDefinition(actor: Actor, id: string): Promise<ApiDefinitionView> {
  const permit = authorize(actor, "api:read");
  const row = await db().apiDefinition.findFirst({
    where: { id, ...ownedThrough("space", permit) },
    select: { ...apiSelect, source: true, findings: true },
  });
  if (!row) throw notFound();
  const { source, findings, ...rest } = row;
  const api = toApiDefinition(rest);
  const [form, backends, publication] = await Promise.all([
    runJob<DefinitionForm>({ kind: "form", source }, { by: actor }),
    backendsOf(api.id, api.organizationId),
    publicationOf(api.id, api.organizationId, hashOf(source)),
  ]);
  return { api, source, form, findings: findingsFrom(findings), backends, publication };
}

async function publicationOf(
  apiDefinitionId: string,
  organizationId: string,
  draftHash: string,
): Promise<PublicationState[]> {
  const catalogs = await db().catalog.findMany({
    where: { organizationId },
    select: {
      id: true,
      slug: true,
      title: true,
      kind: true,
      organization: { select: { slug: true } },
      publishedApis: {
        where: { apiDefinitionId },
        select: {
          ...linkSelect,
          publishedAt: true,
          basePath: true,
          revision: { select: { hash: true, version: true, problem: true } },
        },
      },
    },
    orderBy: [{ isDefault: "desc" }, { createdAt: "asc" }],
  });
  return catalogs.map(({ id, slug, title, kind, organization, publishedApis: [live] }) => ({
    catalogId: id,
    catalogSlug: slug,
    catalogTitle: title,
    catalogKind: kind,
    published: live
      ? {
          publishedApiId: live.id,
          ref: apiRefOf({ slug, organization }, live),
          publishedAt: live.publishedAt,
          version: live.revision.version,
          basePath: live.basePath,
          isCurrent: live.revision.hash === draftHash,
          problem: live.revision.problem,
        }
      : null,
  }));
}
