import type { PublicationState } from "#lib/api-definition/read-api-definition.ts";
import { paths } from "#lib/paths.ts";

/** The copies that callers get, for the state line. */
export const toCopies = (publication: PublicationState[]) =>
  publication.flatMap(({ catalogTitle, published }) =>
    published
      ? [
          {
            catalog: catalogTitle,
            publishedAt: published.publishedAt.toISOString(),
            current: published.isCurrent,
            problem: published.problem,
          },
        ]
      : [],
  );

/** The catalogs to publish to, each with the page that shows what is published there. */
export const toCatalogs = (organization: string, publication: PublicationState[]) =>
  publication.map(({ catalogId, catalogSlug, catalogTitle, catalogKind }) => ({
    id: catalogId,
    title: catalogTitle,
    kind: catalogKind,
    href: paths.catalogProducts({ organization, catalog: catalogSlug }),
  }));
