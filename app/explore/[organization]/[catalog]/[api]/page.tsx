import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { forPage } from "#app/_server/actor.ts";
import { decoded } from "#app/explore/address.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { readExploreApi } from "#lib/explore/read-explore.ts";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Explore" };

/** Explore of an API opens its first operation. */
export default async function ExploreApiPage({ params }: PageProps<"/explore/[organization]/[catalog]/[api]">) {
  const ref = decoded(await params);
  const { operations } = await forPage(paths.exploreApi(ref), () => readExploreApi(ref));
  const [first] = operations;
  if (first) redirect(paths.exploreOperation(ref, first.key));
  return (
    <div className="p-5 lg:col-span-2">
      <EmptyState title="This API has no operations">
        Its definition names no path, so there is nothing to call.
      </EmptyState>
    </div>
  );
}
