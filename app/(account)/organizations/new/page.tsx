import type { Metadata } from "next";
import { requirePerson } from "#app/_server/actor.ts";
import { OrganizationForm } from "#components/organization/organization-form.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { paths } from "#lib/paths.ts";
import { createOrganizationAction } from "./actions.ts";

export const metadata: Metadata = { title: "Create an organization" };

export default async function NewOrganizationPage() {
  await requirePerson(paths.newOrganization());
  return (
    <>
      <PageHead
        crumbs={[{ label: "Account", href: paths.account() }]}
        title="Create an organization"
        lead="It owns what you make here. People come and go, its APIs and applications stay."
      />
      <OrganizationForm
        created
        submit="Create organization"
        initial={{ name: "", isProvider: true, isConsumer: true }}
        action={createOrganizationAction}
      />
    </>
  );
}
