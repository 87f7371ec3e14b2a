import type { Metadata } from "next";
import { z } from "zod";
import { currentActor } from "#app/_server/actor.ts";
import { ApiList } from "#components/catalog/api-list.tsx";
import { CatalogFilter } from "#components/catalog/catalog-filters.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FoundCount } from "#components/ui/found-count.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { searchApis } from "#lib/catalog/search-apis.ts";
import { pageInput } from "#lib/page.ts";
import { paths } from "#lib/paths.ts";
import { text } from "#lib/text.schema.ts";

export const metadata: Metadata = { title: "APIs" };

const query = pageInput.extend({
  q: text().max(200).optional().catch(undefined),
  kind: z.enum(["sandbox", "production"]).optional().catch(undefined),
});

type Query = z.infer<typeof query>;

/** The catalog's address with some of its parameters changed. */
function address(given: Query, change: Partial<Query>): string {
  const entries = Object.entries({ ...given, ...change }).filter(([, value]) => value);
  return paths.catalog(entries.length > 0 ? `?${new URLSearchParams(entries as [string, string][])}` : "");
}

const kinds = [
  { label: "All catalogs", kind: undefined },
  { label: "Sandbox", kind: "sandbox" },
  { label: "Production", kind: "production" },
] as const;

export default async function CatalogPage({ searchParams }: PageProps<"/apis">) {
  const given = query.parse(await searchParams);
  const actor = await currentActor();
  const found = await searchApis(given);
  const filtered = Boolean(given.q || given.kind);
  return (
    <>
      <header className="flex gap-4 border-b-2 border-ink pt-2 pb-6 max-md:flex-col md:items-end">
        <div className="min-w-0 flex-1">
          <h1 className="text-34 font-650 -tracking-[0.02em] max-md:text-22">Find an API, call it in minutes</h1>
          <p className="mt-1 max-w-[62ch] text-15 text-ink-2">
            Read what it does, register an application to get a client ID and secret, and try its operations from this
            page.
          </p>
        </div>
        {actor.kind !== "user" && (
          <LinkButton href={paths.signUp(paths.applications())} variant="primary" size="lg">
            Create account
          </LinkButton>
        )}
      </header>
      <div className="mt-4 grid gap-x-10 gap-y-3 md:grid-cols-[12.5rem_minmax(0,1fr)]">
        <CatalogFilter
          label="Catalog"
          choices={kinds.map(({ label, kind }) => ({
            label,
            href: address(given, { kind, after: undefined }),
            current: given.kind === kind,
          }))}
        />
        <div className="min-w-0">
          <div className="mb-2 flex flex-wrap items-center gap-3">
            <h2 className="flex-1 text-17 font-semibold">APIs</h2>
            <SearchField
              action={paths.catalog()}
              label="Search APIs"
              placeholder="Name, path or words"
              defaultValue={given.q}
              {...(given.kind && { keep: { kind: given.kind } })}
              className="max-md:w-full"
            />
            <FoundCount hidden total={found.rows.length} more={found.next !== null} what="API" />
          </div>
          {found.rows.length === 0 ? (
            <EmptyState
              title={filtered ? "No API matches" : "No API is published yet"}
              action={filtered && <LinkButton href={paths.catalog()}>Show all APIs</LinkButton>}
            >
              {filtered
                ? "Search looks at titles, providers, tags, operations with their parameters, and descriptions. Fewer letters find more."
                : "As soon as a provider publishes one, it is listed here."}
            </EmptyState>
          ) : (
            <ApiList
              entries={found.rows.map((api) => ({
                ...api,
                href: paths.api(api.ref),
                provider: api.organization.name,
                catalog: api.catalog.title,
              }))}
            />
          )}
          <Pager
            label="APIs"
            {...(given.after && { previous: address(given, { after: undefined }) })}
            {...(found.next && { next: address(given, { after: found.next }) })}
          />
        </div>
      </div>
    </>
  );
}
