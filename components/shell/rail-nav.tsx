"use client";

import NextLink from "next/link";
import { usePathname } from "next/navigation";
import { cx } from "#components/ui/cx.ts";
import { currentHref } from "./current-href.ts";
import type { RailGroup, RailItem } from "./shell-types.ts";

interface RailNavProps {
  groups: RailGroup[];
  label: string;
  /** Icons only, 52 px wide; names become tooltips. */
  slim?: boolean;
  onNavigate?: () => void;
}

const linkClass =
  "flex items-center gap-2.5 rounded-1 font-medium text-ink-2 hover:bg-hover aria-[current=page]:bg-accent-tint aria-[current=page]:font-semibold aria-[current=page]:text-ink [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:stroke-[1.75] [&_svg]:text-ink-3 aria-[current=page]:[&_svg]:text-accent";

function RailLink({
  item,
  current,
  sub,
  slim,
  onNavigate,
}: { item: RailItem; current: string | null; sub?: boolean } & Pick<RailNavProps, "slim" | "onNavigate">) {
  return (
    <NextLink
      href={item.href}
      onClick={onNavigate}
      title={slim ? item.label : undefined}
      aria-current={item.href === current ? "page" : undefined}
      className={cx(
        linkClass,
        slim ? "relative size-10 justify-center" : sub ? "min-h-7 ps-9 pe-2.5" : "min-h-8 px-2.5",
        !slim && "max-lg:min-h-11 touch:min-h-11",
      )}
    >
      {item.icon}
      <span className={slim ? "sr-only" : "min-w-0 truncate"}>{item.label}</span>
      {item.count !== undefined && item.count > 0 && (
        <span
          className={cx(
            slim ? "absolute end-0.5 top-0.5 text-11" : "ms-auto text-12",
            item.hot ? "font-650 text-warn" : "font-medium text-ink-3",
          )}
        >
          {item.count}
          {item.hot && <span className="sr-only"> waiting</span>}
        </span>
      )}
    </NextLink>
  );
}

/** The links of a rail, in groups; the one in view is tinted. */
export function RailNav({ groups, label, slim, onNavigate }: RailNavProps) {
  const items = groups.flatMap((group) => group.items);
  const current = currentHref(usePathname(), [...items, ...items.flatMap((item) => item.children ?? [])]);
  const rest = { current, slim, onNavigate };
  return (
    <nav
      aria-label={label}
      className={slim ? "flex flex-col items-center gap-1 py-3" : "flex flex-col gap-4 px-3 py-4"}
    >
      {groups.map((group) => (
        <div key={group.label ?? ""} className={slim ? "contents" : undefined}>
          {group.label && !slim && (
            <div className="truncate px-2.5 pb-1 text-12 font-medium text-ink-3">{group.label}</div>
          )}
          <ul aria-label={group.label} className={slim ? "contents" : undefined}>
            {group.items.map((item) => (
              <li key={item.href + item.label}>
                <RailLink
                  item={item}
                  {...rest}
                  // A head whose address is its first child's leaves the tint to the child.
                  current={!slim && item.children?.some((child) => child.href === current) ? null : current}
                />
                {!slim && item.children && (
                  <ul aria-label={item.label}>
                    {item.children.map((child) => (
                      <li key={child.href}>
                        <RailLink item={child} sub {...rest} />
                      </li>
                    ))}
                  </ul>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
