import type { Metadata } from "next";
import { permanentRedirect, redirect } from "next/navigation";
import { z } from "zod";
import { forPage } from "#app/_server/actor.ts";
import { exploreParams } from "#app/_server/params.ts";
import { exploreOperationOnce, publishedOnce } from "#app/_server/read-once.ts";
import { MovedNote } from "#components/catalog/moved-note.tsx";
import { Console } from "#components/explore/console.tsx";
import { Markdown } from "#components/ui/markdown.tsx";
import { env } from "#lib/env.ts";
import { renderMarkdown } from "#lib/markdown/render-markdown.ts";
import { paths, queryOf } from "#lib/paths.ts";
import { text } from "#lib/text.schema.ts";

type Props = PageProps<"/explore/[organization]/[catalog]/[api]/[operation]">;

const query = z.object({
  version: text().max(200).optional().catch(undefined),
  moved: z.enum(["address", "version"]).optional().catch(undefined),
});

async function load({ params, searchParams }: Props) {
  const { version, moved } = query.parse(await searchParams);
  const { operation: key, ...asked } = exploreParams(await params);
  const ref = { ...asked, version: version ?? asked.version };
  return forPage(paths.exploreOperation(ref, key), async () => {
    const published = await publishedOnce(ref);
    const { api } = published;
    if (api.moved) permanentRedirect(paths.exploreOperation(api.ref, key) + queryOf({ moved: api.moved }));
    // The frame around this page knows the version from the path alone.
    if (version !== undefined) redirect(paths.exploreOperation(api.ref, key));
    return { api, operation: await exploreOperationOnce(published, key), moved };
  });
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { method, path, summary } = (await load(props)).operation;
  return { title: `${summary || `${method} ${path}`}, Explore` };
}

export default async function ExploreOperationPage(props: Props) {
  const { api, operation, moved } = await load(props);
  const about = operation.description.trim();
  return (
    <Console
      operation={operation}
      about={
        <>
          {moved && (
            <div className="my-3">
              <MovedNote moved={moved} address={env().PORTAL_URL + paths.exploreApi(api.ref)} />
            </div>
          )}
          {about !== "" && about !== operation.summary.trim() && <Markdown shown={await renderMarkdown(about)} />}
        </>
      }
      gatewayUrl={env().GATEWAY_URL}
    />
  );
}
