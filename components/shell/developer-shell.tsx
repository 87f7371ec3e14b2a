import type { ReactNode } from "react";
import { developerAreas } from "./areas.ts";
import { Lintel } from "./lintel.tsx";
import { ShellFrame } from "./shell-frame.tsx";
import type { ScopeOption, ShellActor } from "./shell-types.ts";

interface DeveloperShellProps {
  actor: ShellActor | null;
  /** The person's organizations, and the name of the one that they act for. */
  organizations?: ScopeOption[];
  current?: string;
  /** Whose portal this is. */
  provider?: string;
  /** Explore: panes from edge to edge. */
  full?: boolean;
  /** Slug of a provider organization that the person may work in. */
  publishes?: string;
  tools?: ReactNode;
  signOut?: ReactNode;
  children: ReactNode;
}

/** Pages of a developer: areas in the lintel, no rail. */
export function DeveloperShell(props: DeveloperShellProps) {
  const { actor, organizations = [], current, provider, full, publishes, tools, signOut, children } = props;
  const scope = current && actor ? { label: "Organization", current, options: organizations } : undefined;
  return (
    <ShellFrame
      full={full}
      lintel={
        <Lintel
          actor={actor}
          provider={provider}
          scope={scope}
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
