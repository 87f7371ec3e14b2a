import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { productOnce } from "#app/_server/read-once.ts";
import { ProductEditor } from "#components/product/product-editor.tsx";
import { ProductHead } from "#components/product/product-head.tsx";
import { mayIn } from "#lib/access/authorize.ts";
import { listApiDefinitions } from "#lib/api-definition/list-api-definitions.ts";
import { listCatalogs } from "#lib/catalog/read-catalog.ts";
import { paths } from "#lib/paths.ts";
import { type LimitSet, printQuotas, printRateLimits } from "#lib/product/plan.rules.ts";
import { findApisAction } from "../../apis/actions.ts";
import { deleteProductAction, publishProductAction, updateProductAction } from "../actions.ts";

type Props = PageProps<"/provider/[organization]/drafts/products/[id]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = pageParams(await params);
  const product = await forPage(paths.draftProduct(organization, id), () => productOnce(id));
  return { title: `Product ${product.title} ${product.version}` };
}

export default async function ProductPage({ params }: Props) {
  const { organization, id } = pageParams(await params);
  const here = paths.draftProduct(organization, id);
  const person = await requirePerson(here);
  const product = await forPage(here, () => productOnce(id));
  const [catalogs, suggested] = await forPage(here, () =>
    Promise.all([listCatalogs(person, organization), listApiDefinitions(person, { organization })]),
  );
  const may = (permission: "product:write" | "catalog:publish") => mayIn(person, permission, product.organizationId);
  return (
    <>
      <ProductHead
        organization={organization}
        product={product}
        catalogs={catalogs}
        {...(may("catalog:publish") && { publish: publishProductAction.bind(null, id) })}
        {...(may("product:write") && { remove: deleteProductAction.bind(null, id) })}
      />
      <ProductEditor
        key={id}
        product={{
          id,
          draftVersion: product.draftVersion,
          title: product.title,
          apis: product.apis,
          plans: product.plans.map((plan) => ({
            key: plan.id,
            id: plan.id,
            title: plan.title,
            ...printLimits(plan),
            operations: plan.operationLimits.map(({ apiId, operation, ...limits }) => ({
              key: `${apiId} ${operation}`,
              apiId,
              operation,
              ...printLimits(limits),
            })),
            requiresApproval: plan.requiresApproval,
          })),
        }}
        suggested={{ rows: suggested.rows, more: suggested.next !== null }}
        searchApis={findApisAction.bind(null, organization)}
        save={updateProductAction}
        readOnly={!may("product:write")}
      />
    </>
  );
}

const printLimits = ({ rateLimits, burstLimits, quotas }: LimitSet) => ({
  rateLimit: printRateLimits(rateLimits),
  burstLimit: printRateLimits(burstLimits),
  quota: printQuotas(quotas),
});
