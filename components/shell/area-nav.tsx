"use client";

import NextLink from "next/link";
import { usePathname } from "next/navigation";
import { currentHref } from "./current-href.ts";
import type { Area } from "./shell-types.ts";

/** The areas in the lintel; a bar stands under the one in view. */
export function AreaNav({ areas }: { areas: Area[] }) {
  const current = currentHref(usePathname(), areas);
  return (
    <nav aria-label="Areas" className="ms-2 flex h-full gap-1 max-lg:hidden">
      {areas.map((area) => (
        <NextLink
          key={area.href}
          href={area.href}
          aria-current={area.href === current ? "page" : undefined}
          className="relative flex items-center px-2.5 font-medium text-lintel-ink-2 -outline-offset-4 hover:text-lintel-ink aria-[current=page]:text-lintel-ink aria-[current=page]:after:absolute aria-[current=page]:after:inset-x-2.5 aria-[current=page]:after:bottom-0 aria-[current=page]:after:h-[3px] aria-[current=page]:after:bg-lintel-ink"
        >
          {area.label}
        </NextLink>
      ))}
    </nav>
  );
}
