import type { Metadata } from "next";
import { requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { NewApiForm } from "#components/studio/new-api-form.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { paths } from "#lib/paths.ts";
import { createApiAction } from "../actions.ts";

export const metadata: Metadata = { title: "Start an API" };

export default async function NewApiPage({ params }: PageProps<"/provider/[organization]/drafts/apis/new">) {
  const { organization } = pageParams(await params);
  await requirePerson(paths.newApi(organization));
  return (
    <>
      <PageHead
        crumbs={[{ label: "APIs", href: paths.draftApis(organization) }]}
        title="Start an API from scratch"
        lead="It begins with one operation and asks callers for a client ID. You design the rest."
      />
      <NewApiForm organization={organization} create={createApiAction} />
    </>
  );
}
