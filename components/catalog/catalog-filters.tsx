import Link from "next/link";
import { cx } from "#components/ui/cx.ts";

export interface FilterChoice {
  label: string;
  href: string;
  current: boolean;
}

/** One filter of the catalog as links, so that each result has an address. */
export function CatalogFilter({ label, choices }: { label: string; choices: FilterChoice[] }) {
  return (
    <nav aria-label={label} className="min-w-0">
      <div className="mb-1 text-12 text-ink-3 max-md:sr-only">{label}</div>
      <ul className="flex gap-1 max-md:flex-wrap md:flex-col">
        {choices.map((choice) => (
          <li key={choice.href}>
            <Link
              href={choice.href}
              aria-current={choice.current ? "true" : undefined}
              className={cx(
                "flex min-h-8 items-center rounded-1 px-2.5 font-medium text-ink-2 hover:bg-hover pointer-coarse:min-h-11 md:-mx-2.5",
                "aria-[current=true]:bg-accent-tint aria-[current=true]:font-semibold aria-[current=true]:text-ink",
              )}
            >
              {choice.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
