import { currentActor, forPage } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { providerFrameOnce } from "#app/_server/read-once.ts";
import { SignOutButton } from "#components/identity/sign-out-button.tsx";
import { ProviderShell } from "#components/shell/provider-shell.tsx";
import { paths } from "#lib/paths.ts";

/** The frame of a provider's pages. It guards nothing: page, action and use case each check for themselves. */
export default async function ProviderLayout({ params, children }: LayoutProps<"/provider/[organization]">) {
  const { organization: slug } = pageParams(await params);
  const actor = await currentActor();
  const frame = await forPage(paths.provider(slug), () => providerFrameOnce(slug));
  // The menu is drawn in the browser: it gets this much of the person, and not their session.
  const person =
    actor.kind === "user" ? { name: actor.name, email: actor.email, isAdministrator: actor.isAdministrator } : null;
  const memberships = actor.kind === "user" ? actor.memberships : [];
  return (
    <ProviderShell
      actor={person}
      organizations={memberships.map((m) => ({
        label: m.organizationName,
        href: m.isProvider ? paths.provider(m.organizationSlug) : paths.members(m.organizationSlug),
        note: m.role,
      }))}
      organization={frame.organization}
      catalogs={frame.catalogs.map((catalog) => ({ slug: catalog.slug, name: catalog.title }))}
      draftCount={frame.draftCount}
      approvalCount={frame.approvalCount}
      may={frame.may}
      signOut={<SignOutButton />}
    >
      {children}
    </ProviderShell>
  );
}
