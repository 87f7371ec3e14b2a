import type { Metadata } from "next";
import { requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { NewProductForm } from "#components/product/new-product-form.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { paths } from "#lib/paths.ts";
import { createProductAction } from "../actions.ts";

export const metadata: Metadata = { title: "Create a product" };

export default async function NewProductPage({ params }: PageProps<"/provider/[organization]/drafts/products/new">) {
  const { organization } = pageParams(await params);
  await requirePerson(paths.newProduct(organization));
  return (
    <>
      <PageHead
        crumbs={[{ label: "Products", href: paths.draftProducts(organization) }]}
        title="Create a product"
        lead="It starts with one plan of 100 calls an hour. Add APIs and plans next."
      />
      <NewProductForm organization={organization} create={createProductAction} />
    </>
  );
}
