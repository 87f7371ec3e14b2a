import type { ReactNode } from "react";

/** Who is signed in, as the shell shows it. */
export interface ShellActor {
  name: string;
  email: string;
  /** Runs the installation: the account menu leads to its pages. */
  isAdministrator: boolean;
}

export interface ScopeOption {
  label: string;
  href: string;
  /** A second line: "Provider", "4 members". */
  note?: string;
}

/** One menu of the lintel: what is chosen, and what else there is. A scope of one option is plain text. */
export interface Scope {
  /** "Organization", "Catalog": names the menu for readers. */
  label: string;
  current: string;
  options: ScopeOption[];
}

export interface Area {
  label: string;
  href: string;
  /** Further folders in which this link counts as the current one: "/explore" for the catalog. */
  under?: string[];
  /** Current at its own address only, not below it. */
  exact?: boolean;
}

export interface RailItem extends Area {
  icon?: ReactNode;
  count?: number;
  /** The count waits for the person: amber. */
  hot?: boolean;
  children?: RailItem[];
}

export interface RailGroup {
  label?: string;
  items: RailItem[];
}
