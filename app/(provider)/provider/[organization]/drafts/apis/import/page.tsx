import type { Metadata } from "next";
import { requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { ImportForm } from "#components/studio/import-form.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Import an API" };

export default async function ImportApiPage({ params }: PageProps<"/provider/[organization]/drafts/apis/import">) {
  const { organization } = pageParams(await params);
  await requirePerson(paths.importApi(organization));
  return (
    <>
      <PageHead
        crumbs={[{ label: "APIs", href: paths.draftApis(organization) }]}
        title="Import an API"
        lead="OpenAPI 2.0, 3.0 or 3.1, in YAML or JSON, up to 5 MB. It is kept as you wrote it."
      />
      <ImportForm organization={organization} />
    </>
  );
}
