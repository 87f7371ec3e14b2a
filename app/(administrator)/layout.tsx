import type { ReactNode } from "react";
import { PersonShell } from "#app/_server/shell.tsx";

export default function Layout({ children }: { children: ReactNode }) {
  return <PersonShell>{children}</PersonShell>;
}
