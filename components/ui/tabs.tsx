"use client";

import NextLink from "next/link";
import { usePathname } from "next/navigation";
import { cx } from "./cx.ts";

export interface Tab {
  href: string;
  label: string;
  count?: number;
}

interface TabsProps {
  /** Names the bar for readers: "Sections of Storefront". */
  label: string;
  tabs: Tab[];
  /** The href of the tab in view; found from the address where left out. */
  current?: string;
  className?: string;
}

/** Sections of a thing as real links under its title block; scrolls in itself where narrow. */
export function Tabs({ label, tabs, current, className }: TabsProps) {
  const pathname = usePathname();
  const here = current ?? pathname;
  return (
    <nav aria-label={label} className={cx("mt-2 flex gap-5 overflow-x-auto border-b border-line", className)}>
      {tabs.map((tab) => (
        <NextLink
          key={tab.href}
          href={tab.href}
          aria-current={tab.href === here ? "page" : undefined}
          className={cx(
            "border-b-2 border-transparent pt-[9px] pb-2 font-medium whitespace-nowrap text-ink-2 -outline-offset-2 hover:text-ink",
            "aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-ink touch:py-3",
          )}
        >
          {tab.label}
          {tab.count !== undefined && <span className="ms-1 font-medium text-ink-3">{tab.count}</span>}
        </NextLink>
      ))}
    </nav>
  );
}
