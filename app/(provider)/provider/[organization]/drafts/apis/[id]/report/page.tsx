import type { Metadata } from "next";
import { pageParams } from "#app/_server/params.ts";
import { ImportReport } from "#components/studio/import-report.tsx";
import { mayIn } from "#lib/access/authorize.ts";
import { paths } from "#lib/paths.ts";
import { publishApiAction } from "../../actions.ts";
import { loadApi, titleOf } from "../load-api.ts";
import { toCatalogs } from "../publication.ts";

type Props = PageProps<"/provider/[organization]/drafts/apis/[id]/report">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = pageParams(await params);
  return titleOf("Import report", `${paths.draftApi(organization, id)}/report`, id);
}

export default async function ReportPage(props: Props) {
  const { organization, id } = pageParams(await props.params);
  const here = `${paths.draftApi(organization, id)}/report`;
  const { person, api, source, findings, backends, publication } = await loadApi(here, id);
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
