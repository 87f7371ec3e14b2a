import type { ReactNode } from "react";
import { paths } from "#lib/paths.ts";
import { CatalogEdge, CatalogScope } from "./catalog-scope.tsx";
import { Lintel } from "./lintel.tsx";
import { ProviderRail } from "./provider-rail.tsx";
import { type ProviderRailProps, railGroups } from "./rail-groups.tsx";
import { ShellFrame } from "./shell-frame.tsx";
import type { ScopeOption, ShellActor } from "./shell-types.ts";

interface ProviderShellProps extends ProviderRailProps {
  actor: ShellActor | null;
  /** The provider organizations that the person may switch to. */
  organizations: ScopeOption[];
  /** Slug of the catalog in view; read from the address where left out. */
  catalog?: string;
  /** The studio: slim rail, panes from edge to edge. */
  slim?: boolean;
  tools?: ReactNode;
  signOut?: ReactNode;
  children: ReactNode;
}

/** Pages of a provider: organization and catalog in the lintel, whose lower edge names the catalog; rail at the side. */
export function ProviderShell(props: ProviderShellProps) {
  const {
    actor,
    organizations,
    organization,
    catalogs,
    catalog,
    slim,
    tools,
    signOut,
    children,
    draftCount,
    approvalCount,
  } = props;
  const rail = { organization, catalogs, draftCount, approvalCount };
  const scope = { organization: organization.slug, catalogs, current: catalog };
  return (
    <ShellFrame
      full={slim}
      rail={<ProviderRail {...rail} slim={slim} />}
      lintel={
        <Lintel
          actor={actor}
          home={paths.provider(organization.slug)}
          scope={{ label: "Organization", current: organization.name, options: organizations }}
          scopeEnd={<CatalogScope {...scope} />}
          groups={railGroups(rail)}
          tools={tools}
          signOut={signOut}
          edge={<CatalogEdge {...scope} />}
        />
      }
    >
      {children}
    </ShellFrame>
  );
}
