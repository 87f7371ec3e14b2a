import { redirect } from "next/navigation";
import { pageParams } from "#app/_server/params.ts";
import { paths } from "#lib/paths.ts";

export default async function DraftsPage({ params }: PageProps<"/provider/[organization]/drafts">) {
  redirect(paths.draftApis(pageParams(await params).organization));
}
