import { paths } from "#lib/paths.ts";
import type { Area } from "./shell-types.ts";

/** What the lintel offers without a rail. Applications need a person; `publishes` is the slug of a provider organization of theirs. */
export const developerAreas = (signedIn: boolean, publishes?: string): Area[] => [
  { label: "APIs", href: paths.catalog(), under: ["/explore"] },
  ...(signedIn ? [{ label: "Applications", href: paths.applications() }] : []),
  ...(publishes ? [{ label: "Publish", href: paths.provider(publishes) }] : []),
];
