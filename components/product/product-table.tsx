import { Status } from "#components/ui/status.tsx";
import { NoRows, RowLink, Table, Td, Th } from "#components/ui/table.tsx";
import { formatMoment } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";
import { PublishedIn, type ReleaseMark } from "./published-in.tsx";

export interface ProductLine {
  id: string;
  title: string;
  version: string;
  updatedAt: Date;
  apis: { title: string }[];
  plans: { title: string }[];
  releases: ReleaseMark[];
}

interface ProductTableProps {
  organization: string;
  products: ProductLine[];
  /** Said when the search found nothing. */
  empty: string;
}

/** Draft products, last changed first. */
export function ProductTable({ organization, products, empty }: ProductTableProps) {
  return (
    <Table label="Products">
      <thead>
        <tr>
          <Th>Product</Th>
          <Th>APIs</Th>
          <Th>Plans</Th>
          <Th>Published in</Th>
          <Th>Changed</Th>
        </tr>
      </thead>
      <tbody>
        {products.map((product) => (
          <tr key={product.id}>
            <Td names>
              <RowLink href={paths.draftProduct(organization, product.id)}>{product.title}</RowLink>{" "}
              <span className="text-ink-3">{product.version}</span>
            </Td>
            <Td label="APIs">
              {listed(product.apis.map((api) => api.title)) || <span className="text-ink-3">none</span>}
            </Td>
            <Td label="Plans">{listed(product.plans.map((plan) => plan.title))}</Td>
            <Td label="Published in">
              {product.releases.length > 0 ? <PublishedIn releases={product.releases} /> : <Status state="draft" />}
            </Td>
            <Td label="Changed" className="text-ink-2 md:whitespace-nowrap">
              {formatMoment(product.updatedAt)}
            </Td>
          </tr>
        ))}
        {products.length === 0 && <NoRows columns={5}>{empty}</NoRows>}
      </tbody>
    </Table>
  );
}

const SHOWN = 3;

const listed = (names: string[]): string =>
  names.length <= SHOWN ? names.join(", ") : `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more`;
