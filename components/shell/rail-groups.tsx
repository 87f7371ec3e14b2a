import { FlaskConical, Globe, LayoutGrid, PencilRuler, ScrollText, Settings, Stamp, Users } from "lucide-react";
import { paths } from "#lib/paths.ts";
import type { RailGroup } from "./shell-types.ts";

export interface ProviderRailProps {
  organization: { slug: string; name: string };
  catalogs: { slug: string; name: string }[];
  draftCount?: number;
  approvalCount?: number;
  /** What the person's role opens: a menu leads nowhere that answers "not found". */
  may: { decide: boolean; manage: boolean };
}

/** Everything a provider can go to in one organization, as the rail and the compact menu list it. */
export function railGroups({ organization, catalogs, draftCount, approvalCount, may }: ProviderRailProps): RailGroup[] {
  const { slug } = organization;
  const own: RailGroup = {
    label: organization.name,
    items: [
      { label: "Members", href: paths.members(slug), icon: <Users /> },
      ...(may.manage ? [{ label: "Audit log", href: paths.audit(slug), icon: <ScrollText /> }] : []),
      { label: "Organization", href: paths.organization(slug), icon: <Settings /> },
    ],
  };
  // An organization that publishes nothing, or a role that may not see it: no drafts, no catalogs.
  if (catalogs.length === 0) return [own];
  return [
    {
      items: [
        { label: "Dashboard", href: paths.provider(slug), icon: <LayoutGrid />, exact: true },
        {
          label: "Drafts",
          href: paths.draftApis(slug),
          under: [paths.draftProducts(slug)],
          icon: <PencilRuler />,
          count: draftCount,
        },
        ...(may.decide
          ? [{ label: "Approvals", href: paths.approvals(slug), icon: <Stamp />, count: approvalCount, hot: true }]
          : []),
      ],
    },
    {
      label: "Catalogs",
      items: catalogs.map((catalog) => {
        const ref = { organization: slug, catalog: catalog.slug };
        return {
          label: catalog.name,
          href: paths.catalogProducts(ref),
          icon: catalog.slug === "sandbox" ? <FlaskConical /> : <Globe />,
          children: [
            { label: "Products", href: paths.catalogProducts(ref) },
            { label: "Explore", href: paths.explore(ref) },
            { label: "Settings", href: paths.endpoints(ref) },
          ],
        };
      }),
    },
    own,
  ];
}
