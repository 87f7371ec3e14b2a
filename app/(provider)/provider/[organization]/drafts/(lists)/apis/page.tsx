import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { ApiTable } from "#components/studio/api-table.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FoundCount } from "#components/ui/found-count.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { listApiDefinitions } from "#lib/api-definition/list-api-definitions.ts";
import { paths } from "#lib/paths.ts";
import { readListQuery } from "../list-query.ts";

export const metadata: Metadata = { title: "Draft APIs" };

export default async function DraftApisPage(props: PageProps<"/provider/[organization]/drafts/apis">) {
  const { organization } = pageParams(await props.params);
  const { q, after } = readListQuery(await props.searchParams);
  const here = paths.draftApis(organization);
  const person = await requirePerson(here);
  const apis = await forPage(here, () => listApiDefinitions(person, { organization, q, after }));
  const add = (
    <>
      <LinkButton href={paths.newApi(organization)}>Start from scratch</LinkButton>
      <LinkButton variant="primary" href={paths.importApi(organization)}>
        Import OpenAPI
      </LinkButton>
    </>
  );
  if (apis.rows.length === 0 && !q && !after)
    return (
      <EmptyState title="No APIs yet" action={<div className="flex flex-wrap gap-2">{add}</div>}>
        An API is an OpenAPI definition with the address of a backend. Import one that you have, or start from scratch
        with a title, a base path and an address.
      </EmptyState>
    );
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField action={here} label="Find draft APIs" defaultValue={q} className="max-md:w-full" />
        <FoundCount hidden total={apis.rows.length} more={apis.next !== null} what="draft API" />
        <div className="flex flex-wrap gap-2 max-md:w-full max-md:*:flex-1 md:ms-auto">{add}</div>
      </div>
      <ApiTable organization={organization} apis={apis.rows} empty={`No draft API has “${q}” in its title.`} />
      <CursorPager label="draft APIs" here={here} keep={q ? { q } : {}} after={after} next={apis.next} />
    </>
  );
}
