"use client";

import { CircleCheck, X } from "lucide-react";
import { Toaster as Sonner, toast as sonner } from "sonner";
import { Button, IconButton } from "./button.tsx";

const SHOWN_MS = 6000;

/** Says what the page does not show by itself: "Storefront now has Gold." Never an error. `undo` where possible. */
export function toast(message: string, undo?: () => void): void {
  sonner.custom(
    (id) => (
      <div className="flex w-full font-sans items-center gap-2.5 rounded-2 bg-raised py-[9px] ps-3 pe-2 text-13 text-ink shadow-1 md:w-90">
        <CircleCheck aria-hidden="true" className="size-4 shrink-0 stroke-[1.75] text-ok" />
        <span className="min-w-0 flex-1 wrap-anywhere">{message}</span>
        {undo && (
          <Button
            size="sm"
            variant="ghost"
            onClick={() => {
              undo();
              sonner.dismiss(id);
            }}
          >
            Undo
          </Button>
        )}
        <IconButton size="sm" label="Dismiss" onClick={() => sonner.dismiss(id)}>
          <X aria-hidden="true" />
        </IconButton>
      </div>
    ),
    { duration: SHOWN_MS },
  );
}

/** The place of toasts; once, in the root layout. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      toastOptions={{ unstyled: true, className: "w-full" }}
      // Not containerAriaLabel, to which sonner adds its shortcut: "Notices alt+T" on every page.
      customAriaLabel="Notices"
    />
  );
}
