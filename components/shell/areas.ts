import { paths } from "#lib/paths.ts";
import type { Area } from "./shell-types.ts";

/** What the lintel offers without a rail. Applications need a person. */
export const developerAreas = (signedIn: boolean): Area[] => [
  { label: "APIs", href: paths.catalog(), under: ["/explore"] },
  ...(signedIn ? [{ label: "Applications", href: paths.applications() }] : []),
];
