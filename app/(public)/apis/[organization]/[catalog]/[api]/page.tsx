import type { Metadata } from "next";
import { permanentRedirect } from "next/navigation";
import { z } from "zod";
import { forPage } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { publishedApiOnce } from "#app/_server/read-once.ts";
import { SubscribePanel } from "#app/(developer)/subscribe-panel.tsx";
import { MovedNote } from "#components/catalog/moved-note.tsx";
import { OperationList } from "#components/catalog/operation-list.tsx";
import { PlanList } from "#components/catalog/plan-list.tsx";
import { VersionSwitch } from "#components/catalog/version-switch.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FoundCount } from "#components/ui/found-count.tsx";
import { Markdown } from "#components/ui/markdown.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import { TitleBlock } from "#components/ui/title-block.tsx";
import { listPublishedOperations } from "#lib/catalog/read-published-api.ts";
import { securityWords } from "#lib/catalog/security-words.rules.ts";
import { env } from "#lib/env.ts";
import { formatDate } from "#lib/format.ts";
import { renderMarkdown } from "#lib/markdown/render-markdown.ts";
import { paths } from "#lib/paths.ts";
import { cutText, text } from "#lib/text.schema.ts";

type Props = PageProps<"/apis/[organization]/[catalog]/[api]">;

const OPERATIONS_SHOWN = 25;
const query = z.object({
  q: text().max(200).optional().catch(undefined),
  from: z.coerce.number().int().min(0).max(100_000).catch(0),
  version: text().max(200).optional().catch(undefined),
  moved: z.enum(["address", "version"]).optional().catch(undefined),
});

async function load({ params, searchParams }: Props) {
  const { version, ...list } = query.parse(await searchParams);
  const ref = { ...pageParams(await params), version };
  const api = await forPage(paths.api(ref), () => publishedApiOnce(ref));
  return { api, ...list };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { api } = await load(props);
  return { title: `${api.title} ${api.version}`, description: cutText(api.description, 160) };
}

export default async function ApiPage(props: Props) {
  const { api, q, from, moved } = await load(props);
  const { ref } = api;
  if (api.moved) permanentRedirect(paths.api(ref, { moved: api.moved }));
  /** The address of a page of the operation list. */
  const listAddress = (start: number) => paths.api(ref, { q, from: start > 0 ? start : undefined });
  const operations = await listPublishedOperations(api.id, { skip: from, take: OPERATIONS_SHOWN, q });
  return (
    <>
      <PageHead
        crumbs={[{ label: "APIs", href: paths.catalog() }, { label: api.organization.name }]}
        title={api.title}
        status={<Status state="published" />}
        actions={
          <>
            {api.schemes.length > 0 && (
              <LinkButton href="#subscribe" className="lg:hidden">
                Subscribe
              </LinkButton>
            )}
            <LinkButton href={paths.exploreApi(ref)}>Open in Explore</LinkButton>
          </>
        }
      />
      {moved && (
        <div className="mb-4">
          <MovedNote moved={moved} address={env().PORTAL_URL + paths.api(ref)} />
        </div>
      )}
      <TitleBlock
        facts={[
          {
            label: "Version",
            value: (
              <VersionSwitch
                version={api.version}
                versions={api.versions.map((one) => ({ ...one, href: paths.api(one.ref) }))}
              />
            ),
          },
          {
            label: `Base URL, ${api.catalog.title}`,
            value: (
              <span className="flex items-center gap-1">
                <span className="wrap-anywhere">{api.baseUrl}</span>
                <CopyButton value={api.baseUrl} label="base URL" />
              </span>
            ),
            mono: true,
            grow: true,
          },
          { label: "Required of callers", value: securityWords(api.schemes) },
          { label: "Published", value: formatDate(api.publishedAt) },
        ]}
      />
      {/* Read in this order: what it is, how to get it, what it costs, what it does. Where wide, how to get it is beside. */}
      <div
        className={
          api.schemes.length > 0
            ? "grid gap-x-10 lg:grid-cols-[minmax(0,1fr)_21rem] lg:grid-rows-[auto_minmax(0,1fr)]"
            : undefined
        }
      >
        {api.description.trim() !== "" && (
          <Section title="About">
            <Markdown shown={await renderMarkdown(api.description)} />
          </Section>
        )}
        {api.schemes.length > 0 && (
          <aside
            id="subscribe"
            aria-label="Subscribe"
            className="mt-8 min-w-0 scroll-mt-4 lg:col-start-2 lg:row-span-2 lg:row-start-1"
          >
            {/* Another version has other plans: what was chosen is not carried over. */}
            <SubscribePanel key={api.id} api={api} />
          </aside>
        )}
        <div className="min-w-0 lg:col-start-1">
          <Section title="Plans" note="Limits count all calls of one application, over all its credentials.">
            {api.products.map((product) => (
              <PlanList
                key={product.releaseId}
                label={`Plans of ${product.title}`}
                plans={product.plans}
                provider={api.organization.name}
              />
            ))}
          </Section>
          <Section
            title="Operations"
            note={<FoundCount total={operations.total} what="operation" />}
            actions={
              <SearchField
                action={paths.api({ ...ref, version: undefined })}
                label="Filter operations"
                defaultValue={q}
                {...(ref.version !== undefined && { keep: { version: ref.version } })}
              />
            }
          >
            {operations.rows.length === 0 ? (
              <EmptyState title="No operation matches">Fewer letters find more.</EmptyState>
            ) : (
              <OperationList
                operations={operations.rows.map((operation) => ({
                  ...operation,
                  href: paths.exploreOperation(ref, operation.key),
                }))}
              />
            )}
            <Pager
              label="operations"
              {...(from > 0 && { previous: listAddress(Math.max(0, from - OPERATIONS_SHOWN)) })}
              {...(from + OPERATIONS_SHOWN < operations.total && {
                next: listAddress(from + OPERATIONS_SHOWN),
              })}
            />
          </Section>
        </div>
      </div>
    </>
  );
}
