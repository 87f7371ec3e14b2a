import type { Metadata } from "next";
import { forPage } from "#app/_server/actor.ts";
import { decoded } from "#app/explore/address.ts";
import { Console } from "#components/explore/console.tsx";
import { Markdown } from "#components/ui/markdown.tsx";
import { env } from "#lib/env.ts";
import { readExploreOperation } from "#lib/explore/read-explore.ts";
import { paths } from "#lib/paths.ts";

type Props = PageProps<"/explore/[organization]/[catalog]/[api]/[operation]">;

async function load({ params }: Props) {
  const ref = decoded(await params);
  return forPage(paths.exploreOperation(ref, ref.operation), () => readExploreOperation(ref));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { method, path, summary } = await load(props);
  return { title: `${summary || `${method} ${path}`}, Explore` };
}

export default async function ExploreOperationPage(props: Props) {
  const operation = await load(props);
  const about = operation.description.trim();
  return (
    <Console
      operation={operation}
      about={about !== "" && about !== operation.summary.trim() && <Markdown text={about} />}
      gatewayUrl={env().GATEWAY_URL}
    />
  );
}
