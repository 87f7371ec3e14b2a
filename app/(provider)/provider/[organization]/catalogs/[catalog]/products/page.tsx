import type { Metadata } from "next";
import Link from "next/link";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { catalogOnce } from "#app/_server/read-once.ts";
import { RetireRelease } from "#components/catalog/retire-release.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Note } from "#components/ui/note.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { mayIn } from "#lib/access/authorize.ts";
import { formatLimitsShort, formatMoment, formatNumber } from "#lib/format.ts";
import { pageInput } from "#lib/page.ts";
import { paths } from "#lib/paths.ts";
import { listReleases } from "#lib/product/list-releases.ts";
import { retireReleaseAction } from "./actions.ts";

type Props = PageProps<"/provider/[organization]/catalogs/[catalog]/products">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const ref = pageParams(await params);
  const catalog = await forPage(paths.catalogProducts(ref), () => catalogOnce(ref.organization, ref.catalog));
  return { title: `Products in ${catalog.title}` };
}

export default async function CatalogProductsPage({ params, searchParams }: Props) {
  const ref = pageParams(await params);
  const { after } = pageInput.parse(await searchParams);
  const here = paths.catalogProducts(ref);
  const person = await requirePerson(here);
  const catalog = await forPage(here, () => catalogOnce(ref.organization, ref.catalog));
  const releases = await forPage(here, () => listReleases(person, { ...ref, after }));
  // One API may be in several products.
  const apis = new Map(releases.rows.flatMap((release) => release.apis).map((api) => [api.id, api]));
  const stale = [...apis.values()].filter((api) => api.problem !== null);
  const mayPublish = mayIn(person, "catalog:publish", catalog.organizationId);
  return (
    <>
      <PageHead
        crumbs={[
          { label: catalog.organization.name, href: paths.provider(ref.organization) },
          { label: catalog.title },
        ]}
        title="Products"
        lead={`What callers get in ${catalog.title} now. Drafts change nothing here until they are published.`}
        actions={<LinkButton href={paths.explore(ref)}>Open in Explore</LinkButton>}
      />
      {stale.map((api) => (
        <Note
          key={api.id}
          tone="warn"
          className="mb-3"
          title={`${api.title} ${api.version} can no longer be compiled.`}
          action={<LinkButton href={paths.draftApi(ref.organization, api.id)}>Open its design</LinkButton>}
        >
          Callers are served as before, by what an older version of Portico made of it. Correct its draft and publish it
          again, so that improvements reach this API too. The reason: {api.problem}
        </Note>
      ))}
      {releases.rows.length === 0 ? (
        <EmptyState
          title={`Nothing is published in ${catalog.title}`}
          action={
            <LinkButton variant="primary" href={paths.draftApis(ref.organization)}>
              Open drafts
            </LinkButton>
          }
        >
          Design or import an API among the drafts, then publish it here.
        </EmptyState>
      ) : (
        <Table label={`Products in ${catalog.title}`}>
          <thead>
            <tr>
              <Th>Product</Th>
              <Th>APIs</Th>
              <Th>Plans</Th>
              <Th numeric>Applications</Th>
              <Th>Published</Th>
              {mayPublish && <Th hidden>Actions</Th>}
            </tr>
          </thead>
          <tbody>
            {releases.rows.map((release) => (
              <tr key={release.id}>
                <Td names>
                  <Link href={paths.draftProduct(ref.organization, release.productId)} className="link font-semibold">
                    {release.title}
                  </Link>{" "}
                  <span className="font-mono text-12 text-ink-3">{release.version}</span>
                </Td>
                <Td label="APIs">
                  {release.apis.map((api) => (
                    <div key={paths.api(api.ref)}>
                      <Link href={paths.api(api.ref)} className="link">
                        {api.title}
                      </Link>{" "}
                      <span className="font-mono text-12 text-ink-3">{api.basePath}</span>
                    </div>
                  ))}
                </Td>
                <Td label="Plans">
                  {release.plans.map((plan) => (
                    <div key={plan.id}>
                      {plan.title} <span className="text-12 text-ink-3">{formatLimitsShort(plan)}</span>
                    </div>
                  ))}
                </Td>
                <Td label="Applications" numeric>
                  {formatNumber(release.subscribers)}
                </Td>
                <Td label="Published">{formatMoment(release.publishedAt)}</Td>
                {mayPublish && (
                  <Td className="md:text-end">
                    <RetireRelease release={release} catalog={catalog.title} action={retireReleaseAction} />
                  </Td>
                )}
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <CursorPager label="products" here={here} after={after} next={releases.next} />
    </>
  );
}
