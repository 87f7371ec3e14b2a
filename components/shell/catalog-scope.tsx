"use client";

import { usePathname } from "next/navigation";
import { paths } from "#lib/paths.ts";
import { ScopeMenu } from "./scope-menu.tsx";

export interface CatalogScopeProps {
  organization: string;
  catalogs: { slug: string; name: string }[];
  /** The catalog's slug; read from the address where left out. */
  current?: string;
}

function useCatalog({ organization, catalogs, current }: CatalogScopeProps) {
  const pathname = usePathname();
  return catalogs.find(({ slug }) => {
    if (current !== undefined) return slug === current;
    const products = paths.catalogProducts({ organization, catalog: slug });
    return pathname.startsWith(products.slice(0, products.lastIndexOf("/") + 1));
  });
}

/** The catalog that the page is about, as the second scope of the lintel; nothing on pages of no catalog. */
export function CatalogScope(props: CatalogScopeProps) {
  const catalog = useCatalog(props);
  if (!catalog) return null;
  return (
    <span data-catalog={catalog.slug} className="flex min-w-0 items-center gap-0.5">
      <span aria-hidden="true" className="px-0.5 text-15 text-lintel-line max-md:hidden">
        /
      </span>
      <ScopeMenu
        scope={{
          label: "Catalog",
          current: catalog.name,
          options: props.catalogs.map(({ slug, name }) => ({
            label: name,
            href: paths.catalogProducts({ organization: props.organization, catalog: slug }),
          })),
        }}
      />
    </span>
  );
}

/** The lower edge of the lintel says which catalog a change would touch: dashed for Sandbox, solid for the others. */
export function CatalogEdge(props: CatalogScopeProps) {
  const catalog = useCatalog(props);
  if (!catalog) return null;
  return (
    <span
      aria-hidden="true"
      className={
        catalog.slug === "sandbox"
          ? "edge-dashed absolute inset-x-0 bottom-0 h-0.5"
          : "absolute inset-x-0 bottom-0 h-0.5 bg-edge"
      }
    />
  );
}
