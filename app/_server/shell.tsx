import "server-only";
import type { ReactNode } from "react";
import { SignOutButton } from "#components/identity/sign-out-button.tsx";
import { PublicShell } from "#components/shell/public-shell.tsx";
import { currentActor } from "./actor.ts";

/** The frame of every page outside a provider organization: who is signed in, and where they may publish. */
export async function PersonShell({ full, children }: { full?: boolean; children: ReactNode }) {
  const actor = await currentActor();
  if (actor.kind !== "user") {
    return (
      <PublicShell actor={null} full={full}>
        {children}
      </PublicShell>
    );
  }
  return (
    <PublicShell
      actor={{ name: actor.name, email: actor.email, isAdministrator: actor.isAdministrator }}
      isMember={actor.memberships.length > 0}
      publishes={actor.memberships.find((m) => m.isProvider)?.organizationSlug}
      full={full}
      signOut={<SignOutButton />}
    >
      {children}
    </PublicShell>
  );
}
