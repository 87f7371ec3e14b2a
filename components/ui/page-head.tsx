import NextLink from "next/link";
import type { ReactNode } from "react";

export interface Crumb {
  label: string;
  href?: string;
}

interface PageHeadProps {
  crumbs?: Crumb[];
  title: ReactNode;
  /** A Status, a Tag or a version beside the title. */
  status?: ReactNode;
  /** One sentence. */
  lead?: ReactNode;
  actions?: ReactNode;
}

/** Crumbs, the page's one h1 with its lifecycle mark, one sentence, actions at the right. */
export function PageHead({ crumbs = [], title, status, lead, actions }: PageHeadProps) {
  return (
    <header className="mb-4 flex gap-x-4 gap-y-3 max-md:flex-col md:flex-wrap md:items-end">
      <div className="min-w-0 md:flex-[1_1_20rem]">
        {crumbs.length > 0 && (
          <nav aria-label="Breadcrumb" className="mb-1 text-12 text-ink-3">
            <ol className="flex flex-wrap gap-x-1">
              {crumbs.map((crumb, index) => (
                <li key={crumb.label}>
                  {index > 0 && <span aria-hidden="true">/ </span>}
                  {crumb.href ? (
                    <NextLink
                      href={crumb.href}
                      className="text-ink-2 hover:underline touch:-my-3 touch:inline-flex touch:min-h-11 touch:items-center"
                    >
                      {crumb.label}
                    </NextLink>
                  ) : (
                    crumb.label
                  )}
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-22 font-650 wrap-anywhere">{title}</h1>
          {status}
        </div>
        {lead && <p className="mt-0.5 max-w-read text-pretty text-ink-2">{lead}</p>}
      </div>
      {actions && <div className="flex max-w-full shrink-0 flex-wrap gap-2 max-md:w-full max-md:*:grow">{actions}</div>}
    </header>
  );
}
