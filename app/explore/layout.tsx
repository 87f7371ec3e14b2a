import type { ReactNode } from "react";
import { PersonShell } from "#app/_server/shell.tsx";

/** Explore takes the whole window: three panes that scroll in themselves. */
export default function Layout({ children }: { children: ReactNode }) {
  return <PersonShell full>{children}</PersonShell>;
}
