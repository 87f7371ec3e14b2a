import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { providerFrameOnce } from "#app/_server/read-once.ts";
import { OrganizationForm } from "#components/organization/organization-form.tsx";
import { Note } from "#components/ui/note.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Section } from "#components/ui/section.tsx";
import { TitleBlock } from "#components/ui/title-block.tsx";
import { mayIn } from "#lib/access/authorize.ts";
import { formatDate } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";
import { updateOrganizationAction } from "./actions.ts";

export const metadata: Metadata = { title: "Organization" };

export default async function OrganizationPage({ params }: PageProps<"/provider/[organization]/organization">) {
  const { organization: slug } = pageParams(await params);
  const here = paths.organization(slug);
  const person = await requirePerson(here);
  const { organization } = await forPage(here, () => providerFrameOnce(slug));
  return (
    <>
      <PageHead crumbs={[{ label: organization.name, href: paths.provider(slug) }]} title="Organization" />
      <TitleBlock
        facts={[
          { label: "Name", value: organization.name },
          { label: "Short name in addresses", value: organization.slug, mono: true, grow: true },
          { label: "Since", value: formatDate(organization.createdAt) },
        ]}
      />
      <Section title="Settings">
        {mayIn(person, "organization:manage", organization.id) ? (
          <OrganizationForm
            submit="Save organization"
            initial={organization}
            action={updateOrganizationAction.bind(null, slug)}
          />
        ) : (
          <Note tone="info">Owners and admins can change these settings.</Note>
        )}
      </Section>
    </>
  );
}
