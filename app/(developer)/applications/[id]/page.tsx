import { SquarePlay } from "lucide-react";
import type { Metadata } from "next";
import { z } from "zod";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { applicationOnce } from "#app/_server/read-once.ts";
import { DeleteApplication } from "#components/application/delete-application.tsx";
import { EditApplication } from "#components/application/edit-application.tsx";
import { ReadyCurl } from "#components/application/ready-curl.tsx";
import { SubscriptionsSection } from "#components/application/subscriptions-section.tsx";
import { CredentialsSection } from "#components/credential/credentials-section.tsx";
import { ServiceIdsSection } from "#components/service-id/service-ids-section.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Status } from "#components/ui/status.tsx";
import { TitleBlock } from "#components/ui/title-block.tsx";
import { formatDate } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";
import { text } from "#lib/text.schema.ts";
import * as actions from "../actions.ts";

type Props = PageProps<"/applications/[id]">;

const query = z.object({
  api: text().max(500).optional().catch(undefined),
  operation: text().max(500).optional().catch(undefined),
});

async function load({ params, searchParams }: Props) {
  const { id } = pageParams(await params);
  const here = paths.application(id);
  await requirePerson(here);
  const { api, operation } = query.parse(await searchParams);
  return forPage(here, () => applicationOnce(id, api, operation));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await load(props)).application.name };
}

export default async function ApplicationPage(props: Props) {
  const opened = await load(props);
  const { application, subscriptions, moreSubscriptions, missing, apis, serviceIds, may, summary, curl } = opened;
  const { credentials, ...head } = application;
  return (
    <>
      <PageHead
        crumbs={[{ label: "Applications", href: paths.applications() }, { label: head.organization.name }]}
        title={head.name}
        status={<Status state={head.state} />}
        lead={head.description && <span className="wrap-anywhere">{head.description}</span>}
        actions={
          <>
            {curl && (
              <LinkButton href={curl.exploreHref} icon={<SquarePlay aria-hidden="true" />}>
                Open in Explore
              </LinkButton>
            )}
            {may.write && <EditApplication application={head} action={actions.updateApplicationAction} />}
          </>
        }
      />
      <TitleBlock
        facts={[
          { label: "Owner", value: head.organization.name, grow: true },
          { label: "Works in", value: summary.worksIn },
          { label: "Active subscriptions", value: summary.activeSubscriptions },
          { label: "Active credentials", value: summary.activeCredentials },
          { label: "Created", value: formatDate(head.createdAt) },
        ]}
      />
      <SubscriptionsSection
        application={head.name}
        subscriptions={subscriptions}
        more={moreSubscriptions}
        mayWrite={may.subscribe}
        cancel={actions.cancelSubscriptionAction}
        withdraw={actions.withdrawSubscriptionAction}
      />
      <CredentialsSection
        application={head}
        credentials={credentials}
        missing={missing}
        apis={apis}
        mayWrite={may.credentials}
        actions={{
          create: actions.createCredentialAction,
          update: actions.updateCredentialAction,
          reset: actions.resetSecretAction,
          revoke: actions.revokeCredentialAction,
        }}
      />
      <ServiceIdsSection
        application={head}
        serviceIds={serviceIds}
        apis={apis}
        mayWrite={may.credentials}
        actions={{
          create: actions.createServiceIdAction,
          update: actions.updateServiceIdAction,
          remove: actions.deleteServiceIdAction,
          createKey: actions.createApiKeyAction,
          revokeKey: actions.revokeApiKeyAction,
        }}
      />
      {curl && <ReadyCurl {...curl} />}
      {may.write && (
        <DeleteApplication
          application={head}
          credentials={summary.activeCredentials}
          subscriptions={subscriptions.length}
          serviceIds={serviceIds.length}
          action={actions.deleteApplicationAction}
        />
      )}
    </>
  );
}
