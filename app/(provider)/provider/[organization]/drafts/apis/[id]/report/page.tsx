import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { draftApiOnce } from "#app/_server/read-once.ts";
import { ImportReport } from "#components/studio/import-report.tsx";
import { mayIn } from "#lib/access/authorize.ts";
import { paths } from "#lib/paths.ts";
import { publishApiAction } from "../../actions.ts";
import { toCatalogs } from "../publication.ts";

type Props = PageProps<"/provider/[organization]/drafts/apis/[id]/report">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = pageParams(await params);
  const { api } = await forPage(`${paths.draftApi(organization, id)}/report`, () => draftApiOnce(id));
  return { title: `Import report of ${api.title} ${api.version}` };
}

export default async function ReportPage(props: Props) {
  const { organization, id } = pageParams(await props.params);
  const here = `${paths.draftApi(organization, id)}/report`;
  const person = await requirePerson(here);
  const { api, source, findings, backends, publication } = await forPage(here, () => draftApiOnce(id));
  return (
    <ImportReport
      organization={organization}
      api={{ ...api, operationCount: api.outline.length }}
      sourceBytes={Buffer.byteLength(source)}
      findings={findings}
      backends={backends}
      catalogs={toCatalogs(organization, publication)}
      publishedIn={publication.filter((p) => p.published).map((p) => p.catalogTitle)}
      {...(mayIn(person, "catalog:publish", api.organizationId) && { publish: publishApiAction.bind(null, id) })}
    />
  );
}
