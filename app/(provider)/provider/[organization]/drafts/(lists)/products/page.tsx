import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { ProductTable } from "#components/product/product-table.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FoundCount } from "#components/ui/found-count.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { paths } from "#lib/paths.ts";
import { listProducts } from "#lib/product/read-product.ts";
import { readListQuery } from "../list-query.ts";

export const metadata: Metadata = { title: "Products" };

export default async function ProductsPage(props: PageProps<"/provider/[organization]/drafts/products">) {
  const { organization } = pageParams(await props.params);
  const { q, after } = readListQuery(await props.searchParams);
  const here = paths.draftProducts(organization);
  const person = await requirePerson(here);
  const products = await forPage(here, () => listProducts(person, { organization, q, after }));
  const create = (
    <LinkButton variant="primary" href={paths.newProduct(organization)}>
      Create product
    </LinkButton>
  );
  if (products.rows.length === 0 && !q && !after)
    return (
      <EmptyState title="No products yet" action={create}>
        A product bundles APIs with plans: how many calls, and whether you approve each subscription. Publishing a
        single API makes its product by itself.
      </EmptyState>
    );
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField action={here} label="Find products" defaultValue={q} className="max-md:w-full" />
        <FoundCount hidden total={products.rows.length} more={products.next !== null} what="product" />
        <div className="max-md:grid max-md:w-full md:ms-auto">{create}</div>
      </div>
      <ProductTable
        organization={organization}
        products={products.rows}
        empty={`No product has “${q}” in its title.`}
      />
      <CursorPager label="products" here={here} keep={q ? { q } : {}} after={after} next={products.next} />
    </>
  );
}
