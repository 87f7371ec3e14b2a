"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { paths } from "#lib/paths.ts";
import { ShellFrame } from "./shell-frame.tsx";

interface ProviderFrameProps {
  organization: string;
  lintel: ReactNode;
  rail: ReactNode;
  slimRail: ReactNode;
  children: ReactNode;
}

/** The studio of one API draft takes the whole window with the slim rail; every other provider page has gutters. */
export function ProviderFrame({ organization, lintel, rail, slimRail, children }: ProviderFrameProps) {
  const pathname = usePathname();
  const drafts = `${paths.draftApis(organization)}/`;
  const rest = pathname.startsWith(drafts) ? pathname.slice(drafts.length) : "";
  const studio = rest !== "" && !["new", "import"].includes(rest.split("/")[0] ?? "") && !rest.endsWith("/report");
  return (
    <ShellFrame full={studio} lintel={lintel} rail={studio ? slimRail : rail}>
      {children}
    </ShellFrame>
  );
}
