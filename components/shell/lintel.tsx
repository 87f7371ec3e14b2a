import NextLink from "next/link";
import type { ReactNode } from "react";
import { Mark } from "#components/ui/mark.tsx";
import { paths } from "#lib/paths.ts";
import { AccountMenu } from "./account-menu.tsx";
import { AreaNav } from "./area-nav.tsx";
import { AskAgain } from "./ask-again.tsx";
import { CompactMenu } from "./compact-menu.tsx";
import { ScopeMenu } from "./scope-menu.tsx";
import type { Area, RailGroup, Scope, ShellActor } from "./shell-types.ts";

export interface LintelProps {
  actor: ShellActor | null;
  /** The provider whose portal this is: "Acme" reads "Acme Developers". Left out: Portico. */
  provider?: string;
  home?: string;
  scope?: Scope;
  /** More scopes after the first (CatalogScope). */
  scopeEnd?: ReactNode;
  areas?: Area[];
  /** Rail of the page, repeated in the menu below 1024 px. */
  groups?: RailGroup[];
  /** Search, help, notices: left of the account. */
  tools?: ReactNode;
  signOut?: ReactNode;
  edge?: ReactNode;
}

const linkClass = "flex h-8 items-center rounded-1 px-3 font-550 touch:h-11";

/** The dark bar at the head of every page: mark, scope, areas, tools, account. */
export function Lintel(props: LintelProps) {
  const {
    actor,
    provider,
    home = paths.home(),
    scope,
    scopeEnd,
    areas = [],
    groups = [],
    tools,
    signOut,
    edge,
  } = props;
  const entry = [
    { label: "Sign in", href: paths.signIn() },
    { label: "Create account", href: paths.signUp() },
  ];
  const others = scope?.options.filter((option) => option.label !== scope.current) ?? [];
  const switches = { label: `Switch ${scope?.label.toLowerCase()}`, items: others };
  const compact: RailGroup[] = [{ items: areas }, ...groups, switches, ...(actor ? [] : [{ items: entry }])].filter(
    (group) => group.items.length > 0,
  );
  return (
    <header className="lintel relative flex h-12 shrink-0 items-center gap-3 bg-lintel px-4 text-lintel-ink max-md:gap-2">
      <a
        href="#content"
        className="absolute start-4 top-2 z-10 -translate-y-20 rounded-1 bg-lintel-2 px-3 py-1.5 font-550 focus:translate-y-0"
      >
        Skip to content
      </a>
      {compact.length > 0 && <CompactMenu groups={compact} />}
      <NextLink href={home} className="flex min-h-11 shrink-0 items-center gap-2.5 text-15 font-650 -tracking-[0.01em]">
        <Mark />
        <span className={scope ? "max-md:sr-only" : undefined}>
          {provider ? (
            <>
              {provider} <span className="font-450 text-lintel-ink-2">Developers</span>
            </>
          ) : (
            "Portico"
          )}
        </span>
      </NextLink>
      {scope && (
        <div className="group flex min-w-0 items-center gap-0.5 md:ms-2">
          <span aria-hidden="true" className="px-0.5 text-15 text-lintel-line">
            /
          </span>
          {/* Beside a catalog there is no room for it on a telephone: there it is in the menu. */}
          <span className="min-w-0 max-md:group-has-data-catalog:hidden">
            <ScopeMenu scope={scope} />
          </span>
          {scopeEnd}
        </div>
      )}
      {areas.length > 0 && <AreaNav areas={areas} />}
      <div className="ms-auto flex shrink-0 items-center gap-2">
        {tools}
        {actor ? (
          <>
            <AskAgain />
            <AccountMenu actor={actor} signOut={signOut} />
          </>
        ) : (
          <>
            <NextLink href={paths.signIn()} className={`${linkClass} hover:bg-lintel-2`}>
              Sign in
            </NextLink>
            <NextLink
              href={paths.signUp()}
              className={`${linkClass} border border-lintel-line hover:bg-lintel-2 max-md:hidden`}
            >
              Create account
            </NextLink>
          </>
        )}
      </div>
      {edge}
    </header>
  );
}
