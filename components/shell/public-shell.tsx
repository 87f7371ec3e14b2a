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
  /** Whether the person belongs to an organization. */
  isMember?: boolean;
  /** Slug of a provider organization that the person may work in. */
  publishes?: string;
  tools?: ReactNode;
  signOut?: ReactNode;
  children: ReactNode;
}

/** Pages that need no sign-in: catalog, reference. */
export function PublicShell(props: PublicShellProps) {
  const { actor, provider, full, isMember = false, publishes, tools, signOut, children } = props;
  return (
    <ShellFrame
      full={full}
      lintel={
        <Lintel
          actor={actor}
          provider={provider}
          areas={developerAreas(isMember, publishes)}
          tools={tools}
          signOut={signOut}
        />
      }
    >
      {children}
    </ShellFrame>
  );
}
