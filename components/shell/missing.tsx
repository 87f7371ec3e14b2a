import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { paths } from "#lib/paths.ts";

/** What a page shows that is not there, or that the person may not see: the same for both. */
export function Missing() {
  return (
    <>
      <PageHead title="Not found" />
      <EmptyState
        title="There is nothing at this address, or you may not see it"
        action={<LinkButton href={paths.catalog()}>Browse APIs</LinkButton>}
      >
        It may have been retired or renamed. If it belongs to an organization, ask to be made a member.
      </EmptyState>
    </>
  );
}
