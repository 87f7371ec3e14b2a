"use client";

import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-dialog.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Status } from "#components/ui/status.tsx";
import { TitleBlock } from "#components/ui/title-block.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { formatMoment, plural } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";
import type { LiveAnswer } from "./live-state.tsx";
import type { ProductLine } from "./product-table.tsx";
import { type CatalogChoice, PublishButton } from "./publish-button.tsx";
import { PublishedIn } from "./published-in.tsx";

interface ProductHeadProps {
  organization: string;
  product: Omit<ProductLine, "id">;
  catalogs: (CatalogChoice & { slug: string })[];
  publish?: (catalogId: string) => Promise<ActionAnswer<{ live: LiveAnswer }>>;
  remove?: () => Promise<ActionAnswer<unknown>>;
}

/** Name, facts and deeds of a product: where it is live, whether the draft is newer, Publish, Delete. */
export function ProductHead({ organization, product, catalogs, publish, remove }: ProductHeadProps) {
  const router = useRouter();
  const live = product.releases.filter((release) => release.state === "published");
  const older = live.filter((release) => product.updatedAt > release.publishedAt);
  return (
    <>
      <PageHead
        crumbs={[{ label: "Products", href: paths.draftProducts(organization) }]}
        title={product.title}
        status={<Status state={live.length > 0 ? "published" : "draft"} />}
        lead={
          older.length > 0
            ? `The draft is newer than what ${older.map((r) => r.catalog.title).join(" and ")} serves. Publish it to bring it to callers.`
            : undefined
        }
        actions={
          <>
            {remove && (
              <ConfirmButton
                variant="ghost"
                label="Delete…"
                icon={<Trash2 aria-hidden="true" />}
                title={`Delete ${product.title}?`}
                stops={
                  live.length > 0
                    ? `It is published in ${live.map((r) => r.catalog.title).join(" and ")}: retire it there first.`
                    : "The draft and its plans go. Its APIs stay. No call stops: it is published nowhere."
                }
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
            value:
              live.length > 0 ? (
                <PublishedIn releases={product.releases} changedAt={product.updatedAt} />
              ) : (
                "no catalog yet"
              ),
          },
        ]}
      />
    </>
  );
}
