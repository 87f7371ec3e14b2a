import { paths } from "#lib/paths.ts";
import type { Area } from "./shell-types.ts";

/**
 * What the lintel offers without a rail. Applications belong to an organization, so only its members have that page;
 * `publishes` is the slug of a provider organization of theirs.
 */
export const developerAreas = (isMember: boolean, publishes?: string): Area[] => [
  { label: "APIs", href: paths.catalog(), under: ["/explore"] },
  ...(isMember ? [{ label: "Applications", href: paths.applications() }] : []),
  ...(publishes ? [{ label: "Publish", href: paths.provider(publishes) }] : []),
];
