"use client";

import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-dialog.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Status } from "#components/ui/status.tsx";
import { TitleBlock } from "#components/ui/title-block.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { formatDate, formatMoment, plural } from "#lib/format.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { paths } from "#lib/paths.ts";
import type { ProductLine } from "./product-table.tsx";
import { type CatalogChoice, PublishButton } from "./publish-button.tsx";
import { isBehind, PublishedIn, type ReleaseMark } from "./published-in.tsx";

interface ProductHeadProps {
  organization: string;
  product: Omit<ProductLine, "id">;
  catalogs: (CatalogChoice & { slug: string })[];
  publish?: (catalogId: string) => Promise<ActionAnswer<{ live: LiveState }>>;
  remove?: () => Promise<ActionAnswer<unknown>>;
}

const listed = (names: string[]): string => names.join(", ").replace(/, ([^,]*)$/, " and $1");
const titlesOf = (releases: ReleaseMark[]): string => listed(releases.map((release) => release.catalog.title));

/** "The draft is newer than what Sandbox serves: Weather API has changed. Publish it to bring it to callers." */
function behindWords(older: ReleaseMark[]): string | undefined {
  if (older.length === 0) return undefined;
  const apis = [...new Set(older.flatMap((release) => release.behind.apis))];
  const what = [...(older.some((release) => release.behind.product) ? ["the product itself"] : []), ...apis];
  return `The draft is newer than what ${titlesOf(older)} ${older.length === 1 ? "serves" : "serve"}: ${listed(what)} ${what.length === 1 ? "has" : "have"} changed. Publish it to bring it to callers.`;
}

/** "Retired in Sandbox on 29 Nov 2026: the new version takes its place." One sentence a catalog. */
function retiredWords(retired: ReleaseMark[]): string | undefined {
  if (retired.length === 0) return undefined;
  return retired
    .map(({ catalog, retiredAt, retireReason }) => {
      if (!retiredAt) return `Retired in ${catalog.title}. Publish it to bring it back.`;
      const when = formatDate(retiredAt);
      return retireReason
        ? `Retired in ${catalog.title} on ${when}: ${retireReason}`
        : `Retired in ${catalog.title} on ${when}. Publish it to bring it back.`;
    })
    .join(" ");
}

/** Name, facts and deeds of a product: where it is live, whether the draft is newer, Publish, Delete. */
export function ProductHead({ organization, product, catalogs, publish, remove }: ProductHeadProps) {
  const router = useRouter();
  const live = product.releases.filter((release) => release.state === "published");
  const retired = product.releases.filter((release) => release.state === "retired");
  const state = live.length > 0 ? "published" : retired.length > 0 ? "retired" : "draft";
  return (
    <>
      <PageHead
        crumbs={[{ label: "Products", href: paths.draftProducts(organization) }]}
        title={product.title}
        status={<Status state={state} />}
        lead={[behindWords(live.filter(isBehind)), retiredWords(retired)].filter(Boolean).join(" ") || undefined}
        actions={
          <>
            {remove && (
              <ConfirmButton
                variant="ghost"
                label="Delete…"
                icon={<Trash2 aria-hidden="true" />}
                title={`Delete ${product.title}?`}
                stops="The draft and its plans go. Its APIs stay. No call stops: it is published nowhere."
                {...(live.length > 0 && {
                  disabledReason: `Published in ${titlesOf(live)}. Retire it there first.`,
                })}
                confirm={`Delete ${product.title}`}
                action={async () => {
                  const answer = await remove();
                  if (!answer.ok) return answer.message;
                  router.push(paths.draftProducts(organization));
                }}
              />
            )}
            {publish && (
              <PublishButton
                name={product.title}
                publish={publish}
                catalogs={catalogs.map((catalog) => ({
                  ...catalog,
                  href: paths.catalogProducts({ organization, catalog: catalog.slug }),
                }))}
                {...(product.apis.length === 0 && { disabledReason: "Add an API and save first" })}
                onPublished={() => router.refresh()}
              />
            )}
          </>
        }
      />
      <TitleBlock
        facts={[
          { label: "Version", value: product.version, mono: true },
          { label: "Holds", value: `${plural(product.apis.length, "API")}, ${plural(product.plans.length, "plan")}` },
          { label: "Changed", value: formatMoment(product.updatedAt) },
          {
            label: "Published in",
            grow: true,
            value: product.releases.length > 0 ? <PublishedIn releases={product.releases} /> : "no catalog yet",
          },
        ]}
      />
    </>
  );
}
