"use client";

import { useEffect, useRef, useState } from "react";

/** Copies by the clipboard API, or by a hidden text area where a plain-http origin has none. Resolves to success. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
    area.style.cssText = "position:fixed;inset-block-start:0;opacity:0";
    // Inside an open dialog, because its focus trap would take the selection away from the body.
    const host = document.activeElement?.closest("[role=dialog]") ?? document.body;
    const focused = document.activeElement as HTMLElement | null;
    host.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }
}

const SHOWN_MS = 2000;

/** `copied` is true for two seconds after a copy; `failed` when the browser allowed neither way. */
export function useCopy() {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (text: string) => {
    setState((await copyText(text)) ? "copied" : "failed");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState("idle"), SHOWN_MS);
  };
  return { copy, copied: state === "copied", failed: state === "failed" };
}
