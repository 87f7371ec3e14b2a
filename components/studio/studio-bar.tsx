"use client";

import NextLink from "next/link";
import type { ReactNode } from "react";
import { paths } from "#lib/paths.ts";

interface StudioBarProps {
  organization: string;
  api: { id: string; title: string; version: string };
  current: "design" | "assemble";
  /** State, switch and deeds at the right. */
  children?: ReactNode;
}

/** The bar over the studio's panes: the API, its tabs as links, and what the page puts at the right. */
export function StudioBar({ organization, api, current, children }: StudioBarProps) {
  const tabs = [
    { key: "design", label: "Design", href: paths.draftApi(organization, api.id) },
    { key: "assemble", label: "Assemble", href: paths.assemble(organization, api.id) },
  ];
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-5 border-b border-line bg-surface px-5 max-md:px-4">
      <div className="flex min-w-0 items-baseline gap-2.5 py-2.5">
        <NextLink href={paths.draftApis(organization)} className="text-12 text-ink-3 hover:underline max-md:hidden">
          APIs /
        </NextLink>
        <h1 className="min-w-0 text-15 font-650 wrap-anywhere">{api.title}</h1>
        <span className="font-mono text-code text-ink-3">{api.version}</span>
      </div>
      <nav aria-label={`Parts of ${api.title}`} className="flex gap-5">
        {tabs.map((tab) => (
          <NextLink
            key={tab.key}
            href={tab.href}
            aria-current={tab.key === current ? "page" : undefined}
            className="flex min-h-13 items-center border-y-2 border-transparent font-medium text-ink-2 -outline-offset-2 hover:text-ink aria-[current=page]:border-b-accent aria-[current=page]:font-semibold aria-[current=page]:text-ink max-md:min-h-11"
          >
            {tab.label}
          </NextLink>
        ))}
      </nav>
      <div className="ms-auto flex flex-wrap items-center gap-2 py-2 max-md:w-full">{children}</div>
    </header>
  );
}
