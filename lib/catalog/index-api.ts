import { db, type Tx, transaction } from "#lib/db/client.ts";
import { INDEXED_LENGTH_MAX, vectorOf } from "./search-words.rules.ts";

/** Goes up when other words or weights are to be stored: what was indexed before is then indexed anew. */
export const INDEX_VERSION = 1;

interface Indexed {
  title: string;
  description: string;
  provider: string;
  asksForKeys: boolean;
  tags: string;
  operations: string;
}

/**
 * Stores the words under which a published revision is found: its title, its provider, tags, operations with their
 * parameters, and its description. Nothing to do where they are stored already and nobody has renamed the provider.
 */
export async function indexApi(tx: Tx, revisionId: string): Promise<void> {
  const [row] = await tx.$queryRaw<Indexed[]>`
    select r.title, left(r.description, ${INDEXED_LENGTH_MAX}::int) as description, o.name as provider,
      jsonb_path_exists(r.compiled, '$.operations[*].security[*][*]') as "asksForKeys",
      left(coalesce((
        select string_agg(distinct t.tag, ' ') from "Operation" op, unnest(op.tags) as t(tag)
        where op."revisionId" = r.id), ''), ${INDEXED_LENGTH_MAX}::int) as tags,
      left(coalesce((
        select string_agg(concat_ws(' ', op.key, op."pathTemplate", op.summary,
          jsonb_path_query_array(op.slice, '$.parameters[*].name')::text), ' ' order by op.position)
        from "Operation" op where op."revisionId" = r.id), ''), ${INDEXED_LENGTH_MAX}::int) as operations
    from "ApiRevision" r
    join "ApiDefinition" d on d.id = r."apiDefinitionId"
    join "Space" s on s.id = d."spaceId"
    join "Organization" o on o.id = s."organizationId"
    where r.id = ${revisionId}::uuid`;
  if (!row) return;
  const words = vectorOf([
    { weight: "A", text: row.title },
    { weight: "B", text: `${row.provider} ${row.tags}` },
    { weight: "C", text: row.operations },
    { weight: "D", text: row.description },
  ]);
  await tx.$executeRaw`
    insert into "ApiSearch" ("revisionId", words, "asksForKeys", provider, "indexVersion")
    values (${revisionId}::uuid, ${words}::tsvector, ${row.asksForKeys}, ${row.provider}, ${INDEX_VERSION})
    on conflict ("revisionId") do update set words = excluded.words, "asksForKeys" = excluded."asksForKeys",
      provider = excluded.provider, "indexVersion" = excluded."indexVersion"`;
}

/** Revisions of one slice: a slice holds no lock and takes a moment. */
const SLICE = 20;

/**
 * Indexes published revisions whose words are missing (published by a portal of before) or of another time (the
 * provider was renamed), at most a slice of them. Returns how many.
 */
export async function indexMissing(): Promise<number> {
  const due = await dueRevisions();
  for (const id of due) await transaction((tx) => indexApi(tx, id));
  return due.length;
}

async function dueRevisions(): Promise<string[]> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    select distinct r.id::text from "PublishedApi" p
    join "ApiRevision" r on r.id = p."revisionId"
    join "Space" s on s.id = p."spaceId"
    join "Organization" o on o.id = s."organizationId"
    left join "ApiSearch" i on i."revisionId" = r.id
    where i."revisionId" is null or i."indexVersion" < ${INDEX_VERSION} or i.provider <> o.name
    limit ${SLICE}`;
  return rows.map((row) => row.id);
}
