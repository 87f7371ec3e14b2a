"use client";

import { useSyncExternalStore } from "react";
import { Segmented } from "#components/ui/segmented.tsx";
import { THEME_KEY } from "./theme-script.ts";

const changed = "portico-theme-changed";

function subscribe(listener: () => void) {
  window.addEventListener("storage", listener);
  window.addEventListener(changed, listener);
  return () => {
    window.removeEventListener("storage", listener);
    window.removeEventListener(changed, listener);
  };
}

const read = (): string => document.documentElement.dataset.theme ?? "system";

function choose(theme: string) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, theme);
  } catch {
    // Storage is refused (private window): the choice holds for this page.
  }
  window.dispatchEvent(new Event(changed));
}

/** Light, dark, or as the system; kept in this browser. */
export function ThemeSwitch() {
  const theme = useSyncExternalStore(subscribe, read, () => "system");
  return (
    <Segmented
      name="theme"
      label="Theme"
      size="sm"
      value={theme}
      onChange={choose}
      className="w-full"
      choices={[
        { value: "light", label: "Light" },
        { value: "dark", label: "Dark" },
        { value: "system", label: "System" },
      ]}
    />
  );
}
