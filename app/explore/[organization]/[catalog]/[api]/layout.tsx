import { currentActor, forPage } from "#app/_server/actor.ts";
import { exploreParams } from "#app/_server/params.ts";
import { readCauseAction } from "#app/_server/read-cause-action.ts";
import { exploreApiOnce, publishedOnce } from "#app/_server/read-once.ts";
import { ExploreFrame } from "#components/explore/explore-frame.tsx";
import { listCallers } from "#lib/explore/list-callers.ts";
import { paths } from "#lib/paths.ts";
import { findCallersAction } from "./actions.ts";

/** The left column and who calls stay while operations change; every call is authorized by the relay itself. */
export default async function Layout({ params, children }: LayoutProps<"/explore/[organization]/[catalog]/[api]">) {
  const ref = exploreParams(await params);
  const actor = await currentActor();
  const published = await forPage(paths.exploreApi(ref), () => publishedOnce(ref));
  const { api, operations } = await exploreApiOnce(published);
  const callers = await listCallers(actor, published);
  return (
    <ExploreFrame
      api={api}
      operations={operations}
      callers={callers}
      findCallers={findCallersAction.bind(null, { ...api.ref, version: api.version })}
      signedIn={actor.kind === "user"}
      readCause={readCauseAction}
    >
      {children}
    </ExploreFrame>
  );
}
