import type { ReactNode } from "react";
import { paths } from "#lib/paths.ts";
import { CatalogEdge, CatalogScope } from "./catalog-scope.tsx";
import { Lintel } from "./lintel.tsx";
import { ProviderFrame } from "./provider-frame.tsx";
import { ProviderRail } from "./provider-rail.tsx";
import { type ProviderRailProps, railGroups } from "./rail-groups.tsx";
import type { ScopeOption, ShellActor } from "./shell-types.ts";

interface ProviderShellProps extends ProviderRailProps {
  actor: ShellActor | null;
  /** The provider organizations that the person may switch to. */
  organizations: ScopeOption[];
  /** Slug of the catalog in view; read from the address where left out. */
  catalog?: string;
  tools?: ReactNode;
  signOut?: ReactNode;
  children: ReactNode;
}

/** Pages of a provider: organization and catalog in the lintel, whose lower edge names the catalog; rail at the side. */
export function ProviderShell(props: ProviderShellProps) {
  const { actor, organizations, organization, catalogs, catalog, tools, signOut, children } = props;
  const { draftCount, approvalCount, may } = props;
  const rail = { organization, catalogs, draftCount, approvalCount, may };
  const scope = { organization: organization.slug, catalogs, current: catalog };
  return (
    <ProviderFrame
      organization={organization.slug}
      rail={<ProviderRail {...rail} />}
      slimRail={<ProviderRail {...rail} slim />}
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
    </ProviderFrame>
  );
}
