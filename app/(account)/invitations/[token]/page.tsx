import type { Metadata } from "next";
import { currentActor, forPage } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { AcceptInvitation } from "#components/organization/accept-invitation.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { readInvitation } from "#lib/organization/accept-invitation.ts";
import { roleWords } from "#lib/organization/organization.rules.ts";
import { paths } from "#lib/paths.ts";
import { acceptInvitationAction } from "./actions.ts";

// The token must not travel on in a Referer header.
export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

export default async function InvitationPage({ params }: PageProps<"/invitations/[token]">) {
  const { token } = pageParams(await params);
  const here = paths.invitation(token);
  const invitation = await forPage(here, () => readInvitation(token));
  const actor = await currentActor();
  const { organization, role } = invitation;
  return (
    <>
      <PageHead
        title={`Join ${organization.name}`}
        lead={`${organization.name} invites ${invitation.email} as ${role}: ${roleWords[role].toLowerCase()}.`}
      />
      {actor.kind === "user" ? (
        <AcceptInvitation token={token} organization={organization.name} action={acceptInvitationAction} />
      ) : (
        <div className="flex flex-wrap gap-2">
          <LinkButton href={paths.signUp(here)} variant="primary" size="lg">
            Create account
          </LinkButton>
          <LinkButton href={paths.signIn(here)} size="lg">
            Sign in
          </LinkButton>
        </div>
      )}
    </>
  );
}
