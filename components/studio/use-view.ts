"use client";

import { useState } from "react";

const views = ["form", "both", "source"] as const;

/** Form, both or source, kept in the address as `?view=`, so that a link and a reload show the same. */
export function useView(initial: string): [string, (view: string) => void] {
  const [view, setView] = useState<string>(views.find((v) => v === initial) ?? "both");
  const change = (next: string) => {
    setView(next);
    const address = new URL(window.location.href);
    address.searchParams.set("view", next);
    address.searchParams.delete("line");
    window.history.replaceState(null, "", address);
  };
  return [view, change];
}
