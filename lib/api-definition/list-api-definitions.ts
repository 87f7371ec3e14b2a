import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";
import { cutText } from "#lib/text.schema.ts";
import { type ApiDefinitionRow, findingsFrom, outlineFrom } from "./api-definition.dto.ts";

/** The drafts of an organization, last changed first; `q` searches title and name. */
export async function listApiDefinitions(
  actor: Actor,
  input: { organization: string } & PageInput & { q?: string },
): Promise<Page<ApiDefinitionRow>> {
  const permit = authorize(actor, "api:read");
  const q = input.q && cutText(input.q.trim(), 200);
  const page = await pageOf(
    input,
    {
      where: {
        space: { organization: { slug: input.organization }, ...ownedBy(permit) },
        ...(q && {
          OR: [{ title: { contains: q, mode: "insensitive" as const } }, { name: { contains: q.toLowerCase() } }],
        }),
      },
      by: "updatedAt",
      direction: "desc",
      cursor: (where) => db().apiDefinition.findFirst({ where, select: { updatedAt: true } }),
    },
    (query) =>
      db().apiDefinition.findMany({
        ...query,
        select: {
          id: true,
          title: true,
          name: true,
          version: true,
          basePath: true,
          format: true,
          outline: true,
          findings: true,
          updatedAt: true,
          published: { select: { catalog: { select: { title: true } } }, orderBy: { catalogId: "asc" } },
        },
        orderBy: [{ updatedAt: "desc" }, { id: "desc" }],
      }),
  );
  return {
    ...page,
    rows: page.rows.map(({ outline, findings, published, ...row }) => ({
      ...row,
      operationCount: outlineFrom(outline).length,
      errorCount: findingsFrom(findings).filter((finding) => finding.severity === "error").length,
      liveIn: published.map(({ catalog }) => catalog.title),
    })),
  };
}
