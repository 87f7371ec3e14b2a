import type { Metadata } from "next";
import { z } from "zod";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { draftApiOnce } from "#app/_server/read-once.ts";
import { toDraft } from "#components/studio/backend-draft.ts";
import { DesignStudio } from "#components/studio/design-studio.tsx";
import { mayIn } from "#lib/access/authorize.ts";
import { env } from "#lib/env.ts";
import { paths } from "#lib/paths.ts";
import { word } from "#lib/text.schema.ts";
import { deleteApiAction, publishApiAction, setBackendAction } from "../actions.ts";
import { toCatalogs, toCopies } from "./publication.ts";

type Props = PageProps<"/provider/[organization]/drafts/apis/[id]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = pageParams(await params);
  const { api } = await forPage(paths.draftApi(organization, id), () => draftApiOnce(id));
  return { title: `Design of ${api.title} ${api.version}` };
}

/** A longer text is loaded when somebody asks for it: it would make the page wait (W37). */
const SOURCE_CHARACTERS_MAX = 400_000;

const formats: Record<string, string> = {
  "openapi-2.0": "OpenAPI 2.0",
  "openapi-3.0": "OpenAPI 3.0",
  "openapi-3.1": "OpenAPI 3.1",
};

const query = z.object({
  view: word(20).catch("both"),
  /** Of the source, to show first. */
  line: z.coerce.number().int().positive().optional().catch(undefined),
});

export default async function DesignPage(props: Props) {
  const { organization, id } = pageParams(await props.params);
  const { view, line } = query.parse(await props.searchParams);
  const here = paths.draftApi(organization, id);
  const person = await requirePerson(here);
  const { api, source, form, findings, backends, publication } = await forPage(here, () => draftApiOnce(id));
  const mayWrite = mayIn(person, "api:write", api.organizationId);
  const now = new Date();
  const shown = line ?? 0;
  // Who follows a link to a line wants the text, however long.
  const large = source.length > SOURCE_CHARACTERS_MAX && !(shown > 0);
  return (
    <DesignStudio
      key={id}
      organization={organization}
      api={api}
      address={`${env().GATEWAY_URL}/${api.pathPrefix}/${publication[0]?.catalogSlug ?? "sandbox"}`}
      source={large ? null : source}
      sourceBytes={Buffer.byteLength(source)}
      sourceVersion={api.sourceVersion}
      changedAt={api.updatedAt.toISOString()}
      form={form}
      findings={findings}
      formatWords={formats[api.format] ?? api.format}
      operations={api.outline}
      backends={backends.map((backend) => toDraft(backend, now))}
      copies={toCopies(publication)}
      catalogs={toCatalogs(organization, publication)}
      line={shown > 0 ? shown : null}
      view={view}
      readOnly={!mayWrite}
      {...(mayWrite && { remove: deleteApiAction.bind(null, id) })}
      saveBackend={setBackendAction}
      {...(mayIn(person, "catalog:publish", api.organizationId) && { publish: publishApiAction.bind(null, id) })}
    />
  );
}
