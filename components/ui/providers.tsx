"use client";

import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { RouterProvider } from "react-aria-components";
import { useFocusCare } from "./focus-care.ts";

/** Lets links inside menus go through Next's router, and looks after the focus. Once, in the root layout. */
export function Providers({ children }: { children: ReactNode }) {
  const router = useRouter();
  useFocusCare();
  return <RouterProvider navigate={router.push}>{children}</RouterProvider>;
}
