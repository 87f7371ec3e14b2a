import type { Metadata } from "next";
import { permanentRedirect, redirect } from "next/navigation";
import { z } from "zod";
import { forPage } from "#app/_server/actor.ts";
import { exploreParams } from "#app/_server/params.ts";
import { exploreApiOnce, publishedOnce } from "#app/_server/read-once.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { paths, queryOf } from "#lib/paths.ts";
import { text } from "#lib/text.schema.ts";

export const metadata: Metadata = { title: "Explore" };

const query = z.object({
  version: text().max(200).optional().catch(undefined),
  moved: z.enum(["address", "version"]).optional().catch(undefined),
});

/** Explore of an API opens its first operation. */
export default async function ExploreApiPage(props: PageProps<"/explore/[organization]/[catalog]/[api]">) {
  const { version, moved } = query.parse(await props.searchParams);
  const asked = exploreParams(await props.params);
  const ref = { ...asked, version: version ?? asked.version };
  const { api, operations } = await exploreApiOnce(await forPage(paths.exploreApi(ref), () => publishedOnce(ref)));
  if (api.moved) permanentRedirect(paths.exploreApi(api.ref) + queryOf({ moved: api.moved }));
  const [first] = operations;
  // The page of the operation says what has moved.
  if (first) redirect(paths.exploreOperation(api.ref, first.key) + queryOf({ moved }));
  return (
    <div className="p-5 lg:col-span-2">
      <EmptyState title="This API has no operations">
        Its definition names no path, so there is nothing to call.
      </EmptyState>
    </div>
  );
}
