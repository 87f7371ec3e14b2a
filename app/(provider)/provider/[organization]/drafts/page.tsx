import { redirect } from "next/navigation";
import { paths } from "#lib/paths.ts";

export default async function DraftsPage({ params }: PageProps<"/provider/[organization]/drafts">) {
  redirect(paths.draftApis((await params).organization));
}
