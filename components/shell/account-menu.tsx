"use client";

import NextLink from "next/link";
import { type ReactNode, useState } from "react";
import { Button, DialogTrigger, Popover } from "react-aria-components";
import { paths } from "#lib/paths.ts";
import type { ShellActor } from "./shell-types.ts";
import { ThemeSwitch } from "./theme-switch.tsx";

const initials = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
};

/** A line of the account menu; give it to the sign-out button too. */
export const accountLine =
  "flex min-h-control w-full items-center rounded-1 px-2 text-start font-medium hover:bg-hover touch:min-h-11";

/** Who is signed in; their account, the theme, and the slot for signing out (a form with a server action). */
export function AccountMenu({ actor, signOut }: { actor: ShellActor; signOut?: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button
        aria-label={`Account of ${actor.name}`}
        className="grid size-11 shrink-0 place-items-center rounded-full -outline-offset-4 -me-2.5"
      >
        <span className="grid size-6.5 place-items-center rounded-full bg-lintel-line text-11 font-650 text-lintel-ink">
          {initials(actor.name)}
        </span>
      </Button>
      {/* Without a Dialog inside, the Popover is the dialog itself, its dismiss button included. */}
      <Popover
        aria-label="Account"
        placement="bottom end"
        className="w-64 outline-none animate-rise rounded-2 bg-raised shadow-1"
      >
        <div className="border-b border-line px-3 py-2.5">
          <b className="block truncate">{actor.name}</b>
          <span className="block truncate text-12 text-ink-3">{actor.email}</span>
        </div>
        <div className="border-b border-line px-3 py-2.5">
          <div className="mb-1 text-12 text-ink-3">Theme</div>
          <ThemeSwitch />
        </div>
        <div className="p-1">
          <NextLink href={paths.account()} className={accountLine} onClick={() => setOpen(false)}>
            Account
          </NextLink>
          {actor.isAdministrator && (
            <NextLink href={paths.gateways()} className={accountLine} onClick={() => setOpen(false)}>
              Installation
            </NextLink>
          )}
          {signOut}
        </div>
      </Popover>
    </DialogTrigger>
  );
}
