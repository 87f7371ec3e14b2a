import type { ReactNode } from "react";
import { developerAreas } from "./areas.ts";
import { Lintel } from "./lintel.tsx";
import { ShellFrame } from "./shell-frame.tsx";
import type { ShellActor } from "./shell-types.ts";

interface PublicShellProps {
  /** Null for a stranger, who is offered to sign in. */
  actor: ShellActor | null;
  /** Whose portal this is. */
  provider?: string;
  full?: boolean;
  /** Slug of a provider organization that the person may work in. */
  publishes?: string;
  tools?: ReactNode;
  signOut?: ReactNode;
  children: ReactNode;
}

/** Pages that need no sign-in: catalog, reference. */
export function PublicShell({ actor, provider, full, publishes, tools, signOut, children }: PublicShellProps) {
  return (
    <ShellFrame
      full={full}
      lintel={
        <Lintel
          actor={actor}
          provider={provider}
          areas={developerAreas(actor !== null, publishes)}
          tools={tools}
          signOut={signOut}
        />
      }
    >
      {children}
    </ShellFrame>
  );
}
