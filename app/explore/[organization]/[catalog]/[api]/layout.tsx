import { currentActor, forPage } from "#app/_server/actor.ts";
import { readCauseAction } from "#app/_server/read-cause-action.ts";
import { decoded } from "#app/explore/address.ts";
import { ExploreFrame } from "#components/explore/explore-frame.tsx";
import { listCallers } from "#lib/explore/list-callers.ts";
import { readExploreApi } from "#lib/explore/read-explore.ts";
import { paths } from "#lib/paths.ts";

/** The left column and who calls stay while operations change; every call is authorized by the relay itself. */
export default async function Layout({ params, children }: LayoutProps<"/explore/[organization]/[catalog]/[api]">) {
  const ref = decoded(await params);
  const actor = await currentActor();
  const { api, operations } = await forPage(paths.exploreApi(ref), () => readExploreApi(ref));
  const callers = await listCallers(actor, ref);
  return (
    <ExploreFrame
      api={api}
      operations={operations}
      callers={callers}
      signedIn={actor.kind === "user"}
      readCause={readCauseAction}
    >
      {children}
    </ExploreFrame>
  );
}
