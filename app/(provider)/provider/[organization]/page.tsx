import type { Metadata } from "next";
import Link from "next/link";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { providerFrameOnce } from "#app/_server/read-once.ts";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Note } from "#components/ui/note.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { formatMoment, plural } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";
import { listReleases } from "#lib/product/list-releases.ts";

export const metadata: Metadata = { title: "Dashboard" };

/** For a member of an organization that publishes nothing, or whose role does not see what it publishes. */
function NothingToPublish({ name }: { name: string }) {
  return (
    <>
      <PageHead title={name} />
      <EmptyState
        title="Nothing to publish from here"
        action={
          <LinkButton href={paths.applications()} variant="primary">
            Open applications
          </LinkButton>
        }
      >
        {name} uses APIs, or your role in it does not include publishing. Owners and admins change both under
        Organization and Members.
      </EmptyState>
    </>
  );
}

export default async function DashboardPage({ params }: PageProps<"/provider/[organization]">) {
  const { organization: slug } = pageParams(await params);
  const here = paths.provider(slug);
  const person = await requirePerson(here);
  const frame = await forPage(here, () => providerFrameOnce(slug));
  if (frame.catalogs.length === 0) return <NothingToPublish name={frame.organization.name} />;
  const live = await forPage(here, () =>
    Promise.all(
      frame.catalogs.map(async (catalog) => ({
        catalog,
        releases: await listReleases(person, { organization: slug, catalog: catalog.slug }),
      })),
    ),
  );
  return (
    <>
      <PageHead
        title={frame.organization.name}
        lead="What waits for you, and what callers get now."
        actions={
          <>
            <LinkButton href={paths.importApi(slug)}>Import an API</LinkButton>
            <LinkButton href={paths.newApi(slug)} variant="primary">
              Create an API
            </LinkButton>
          </>
        }
      />
      {frame.approvalCount > 0 && (
        <Note
          tone="warn"
          title={`${plural(frame.approvalCount, "request")} waiting for your decision.`}
          action={
            <LinkButton href={paths.approvals(slug)} size="sm">
              Open approvals
            </LinkButton>
          }
        />
      )}
      {frame.draftCount === 0 && (
        <EmptyState
          title="No API yet"
          action={
            <LinkButton href={paths.importApi(slug)} variant="primary">
              Import an OpenAPI definition
            </LinkButton>
          }
        >
          Import a definition, or start one from scratch. A few minutes later it answers through the gateway.
        </EmptyState>
      )}
      {live.map(({ catalog, releases }) => (
        <Section
          key={catalog.slug}
          title={catalog.title}
          actions={
            <Link className="link" href={paths.endpoints({ organization: slug, catalog: catalog.slug })}>
              Settings: endpoints
            </Link>
          }
        >
          {releases.rows.length === 0 ? (
            <p className="text-ink-2">Nothing is published here.</p>
          ) : (
            <Table label={`Products in ${catalog.title}`}>
              <thead>
                <tr>
                  <Th>Product</Th>
                  <Th>Subscribed</Th>
                  <Th>Published</Th>
                </tr>
              </thead>
              <tbody>
                {releases.rows.map((release) => (
                  <tr key={release.id}>
                    <Td names>
                      <Link
                        className="link font-semibold"
                        href={paths.catalogProducts({ organization: slug, catalog: catalog.slug })}
                      >
                        {release.title}
                      </Link>{" "}
                      <span className="font-mono text-12 text-ink-3">{release.version}</span>
                    </Td>
                    <Td label="Subscribed">{plural(release.subscribers, "application")}</Td>
                    <Td label="Published">{formatMoment(release.publishedAt)}</Td>
                  </tr>
                ))}
              </tbody>
            </Table>
          )}
          {releases.next !== null && (
            <p className="mt-2 text-12 text-ink-3">
              The products published last.{" "}
              <Link className="link" href={paths.catalogProducts({ organization: slug, catalog: catalog.slug })}>
                All of {catalog.title}
              </Link>
            </p>
          )}
        </Section>
      ))}
    </>
  );
}
