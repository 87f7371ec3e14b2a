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
  tools?: ReactNode;
  signOut?: ReactNode;
  children: ReactNode;
}

/** Pages that need no sign-in: catalog, reference. */
export function PublicShell({ actor, provider, full, tools, signOut, children }: PublicShellProps) {
  return (
    <ShellFrame
      full={full}
      lintel={
        <Lintel
          actor={actor}
          provider={provider}
          areas={developerAreas(actor !== null)}
          tools={tools}
          signOut={signOut}
        />
      }
    >
      {children}
    </ShellFrame>
  );
}
