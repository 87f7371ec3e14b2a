import NextLink from "next/link";
import type { ReactNode } from "react";
import { Mark } from "#components/ui/mark.tsx";
import { Sheet } from "#components/ui/table.tsx";
import { paths } from "#lib/paths.ts";

interface AuthShellProps {
  /** The page's h1: "Sign in". */
  title: string;
  lead?: ReactNode;
  /** Whose portal this is. */
  provider?: string;
  /** Under the sheet: the way to the other page. */
  footer?: ReactNode;
  children: ReactNode;
}

/** Sign in, sign up, invitations: one column of 400 px under a lintel that holds the mark only. */
export function AuthShell({ title, lead, provider, footer, children }: AuthShellProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="lintel flex h-12 shrink-0 items-center bg-lintel px-4 text-lintel-ink">
        <NextLink
          href={paths.home()}
          className="flex min-h-11 items-center gap-2.5 text-15 font-650 -tracking-[0.01em]"
        >
          <Mark />
          <span>{provider ? `${provider} Developers` : "Portico"}</span>
        </NextLink>
      </header>
      <main id="content" className="mx-auto w-full max-w-[27rem] px-4 pt-[clamp(1.5rem,9vh,6rem)] pb-12">
        <h1 className="text-22 font-650">{title}</h1>
        {lead && <p className="mt-0.5 text-ink-2">{lead}</p>}
        <Sheet className="mt-4 rounded-t-none border-t-2 border-t-ink p-5 max-md:p-4">{children}</Sheet>
        {footer && <div className="mt-3 text-ink-2">{footer}</div>}
      </main>
    </div>
  );
}
