"use client";

import { Check, ChevronsUpDown } from "lucide-react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import type { Scope } from "./shell-types.ts";

/** What the page's actions touch, and a menu of what else it could be. */
export function ScopeMenu({ scope }: { scope: Scope }) {
  if (scope.options.length < 2) {
    return (
      <span className="max-w-40 truncate px-2 font-medium">
        <span className="sr-only">{scope.label} </span>
        {scope.current}
      </span>
    );
  }
  return (
    <MenuTrigger>
      <Button
        aria-label={`${scope.label}: ${scope.current}`}
        className="flex min-h-7.5 min-w-0 items-center gap-1.5 rounded-1 px-2 font-medium hover:bg-lintel-2 touch:min-h-11 max-md:px-1.5"
      >
        <span className="max-w-40 truncate">{scope.current}</span>
        <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-lintel-ink-2" />
      </Button>
      <Popover
        placement="bottom start"
        className="max-w-80 min-w-52 animate-rise overflow-auto rounded-2 bg-raised shadow-1"
      >
        <Menu aria-label={scope.label} className="p-1 outline-none">
          {scope.options.map((option) => (
            <MenuItem
              key={option.href}
              id={option.href}
              href={option.href}
              textValue={option.label}
              className="flex min-h-8 cursor-pointer items-center gap-2 rounded-1 px-2 py-1 ring-within data-focused:bg-hover touch:min-h-11"
            >
              <span className="min-w-0 flex-1 wrap-anywhere">
                {option.label}
                {option.note && <span className="block text-12 text-ink-3">{option.note}</span>}
              </span>
              {option.label === scope.current && (
                <>
                  <Check aria-hidden="true" className="size-4 shrink-0 text-accent" />
                  <span className="sr-only">current</span>
                </>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
