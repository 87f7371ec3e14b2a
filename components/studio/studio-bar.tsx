"use client";

import NextLink from "next/link";
import type { ReactNode } from "react";
import { paths } from "#lib/paths.ts";

interface StudioBarProps {
  organization: string;
  api: { id: string; title: string; version: string };
  current: "design" | "assemble";
  /** What is done with the API: Publish, Save; beside the title where narrow. */
  deeds: ReactNode;
  /** State and switch of the page. */
  children?: ReactNode;
}

/** The bar over the studio's panes: the API, its tabs as links, and what the page puts at the right; two lines where narrow. */
export function StudioBar({ organization, api, current, deeds, children }: StudioBarProps) {
  const tabs = [
    { key: "design", label: "Design", href: paths.draftApi(organization, api.id) },
    { key: "assemble", label: "Assemble", href: paths.assemble(organization, api.id) },
  ];
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-2 border-b border-line bg-surface px-5 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:px-4">
      <div className="flex min-w-0 items-baseline gap-x-2.5 py-2.5 max-md:flex-col max-md:py-2 md:me-3">
        <NextLink href={paths.draftApis(organization)} className="text-12 text-ink-3 hover:underline max-md:hidden">
          APIs /
        </NextLink>
        {/* Where it is cut, it stands in full in the field Title. */}
        <h1 className="min-w-0 text-15 font-650 wrap-anywhere max-md:line-clamp-2">{api.title}</h1>
        <span className="font-mono text-code text-ink-3">{api.version}</span>
      </div>
      <div className="flex flex-1 flex-wrap items-center gap-x-2 max-md:col-span-2 max-md:gap-x-1 max-md:row-start-2">
        <nav aria-label={`Parts of ${api.title}`} className="flex gap-5 max-md:gap-3">
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
        <div className="ms-auto flex items-center gap-2 py-1 max-md:gap-1">{children}</div>
      </div>
      <div className="flex items-center gap-2 py-1">{deeds}</div>
    </header>
  );
}
