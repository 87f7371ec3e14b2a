import type { Metadata } from "next";
import NextLink from "next/link";
import { forPage } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { gutters } from "#components/shell/shell-frame.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { Sheet } from "#components/ui/table.tsx";
import { readExploreCatalog } from "#lib/explore/read-explore.ts";
import { pageInput } from "#lib/page.ts";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Explore" };

type Props = PageProps<"/explore/[organization]/[catalog]">;

/** Explore opened for a catalog (S61): which API. */
export default async function ExploreCatalogPage({ params, searchParams }: Props) {
  const ref = pageParams(await params);
  const here = paths.explore(ref);
  const { after } = pageInput.parse(await searchParams);
  const { catalog, apis } = await forPage(here, () => readExploreCatalog(ref, after));
  return (
    <div className={`mx-auto w-full max-w-[75rem] ${gutters}`}>
      <PageHead
        crumbs={[{ label: "APIs", href: paths.catalog() }, { label: catalog.organization.name }]}
        title={`Explore ${catalog.title}`}
        lead="Choose an API, then call its operations through the real gateway."
      />
      {apis.rows.length === 0 ? (
        <EmptyState title={`Nothing is published in ${catalog.title} yet`}>
          An API appears here as soon as {catalog.organization.name} publishes it.
        </EmptyState>
      ) : (
        <Sheet>
          <ul>
            {apis.rows.map((api) => (
              <li key={api.id} className="border-line not-first:border-t">
                <NextLink
                  href={paths.exploreApi(api.ref)}
                  className="flex min-h-12 items-baseline gap-2 px-4 py-3 -outline-offset-2 hover:bg-hover"
                >
                  <b className="wrap-anywhere">{api.title}</b>{" "}
                  <span className="font-mono text-12 text-ink-3">{api.version}</span>
                </NextLink>
              </li>
            ))}
          </ul>
        </Sheet>
      )}
      <CursorPager label="APIs" here={here} after={after} next={apis.next} />
    </div>
  );
}
