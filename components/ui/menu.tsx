"use client";

import { Ellipsis } from "lucide-react";
import { Fragment, type ReactNode, type Ref } from "react";
import { Menu as AriaMenu, Button, Keyboard, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";
import { buttonClass } from "./button.tsx";
import { cx } from "./cx.ts";

export interface MenuEntry {
  label: string;
  icon?: ReactNode;
  /** One of the two: an address, or what happens (a server action will do). */
  href?: string;
  onAction?: () => void;
  /** Red, after a hairline. End its label with an ellipsis when a question follows. */
  danger?: boolean;
  /** Why it cannot be chosen now; stands under the label. */
  disabledReason?: string;
  keys?: string;
}

interface MenuProps {
  /** Names the menu and its button: "More actions for checkout-web". */
  label: string;
  entries: MenuEntry[];
  size?: "sm" | "md";
  /** In place of the three dots: words or an icon in the button. */
  children?: ReactNode;
  buttonRef?: Ref<HTMLButtonElement> | undefined;
  variant?: "ghost" | "line";
}

/** The menu of a row or of a page's "more actions". */
export function Menu({ label, entries, size = "sm", children, buttonRef, variant = "ghost" }: MenuProps) {
  const square = size === "sm" ? "w-control-sm px-0" : "w-control px-0";
  return (
    <MenuTrigger>
      <Button
        ref={buttonRef}
        aria-label={label}
        data-row-menu={children ? undefined : ""}
        className={buttonClass(variant, size, children ? undefined : square)}
      >
        {children ?? <Ellipsis aria-hidden="true" />}
      </Button>
      <MenuPopover label={label} entries={entries} />
    </MenuTrigger>
  );
}

/** The list that falls from a menu's button; for triggers of other shapes. */
export function MenuPopover({ label, entries }: { label: string; entries: MenuEntry[] }) {
  return (
    <Popover
      placement="bottom end"
      className="min-w-48 max-w-80 animate-rise overflow-auto rounded-2 bg-raised shadow-1"
    >
      <AriaMenu aria-label={label} className="p-1 outline-none">
        {entries.map((entry, index) => (
          <Fragment key={entry.label}>
            {entry.danger && index > 0 && !entries[index - 1]?.danger && (
              <Separator className="my-1 border-t border-line" />
            )}
            <MenuItem
              id={entry.label}
              textValue={entry.label}
              href={entry.href}
              onAction={entry.onAction}
              isDisabled={entry.disabledReason !== undefined}
              className={cx(
                "flex min-h-8 cursor-pointer items-center gap-[9px] rounded-1 px-2 py-1 ring-within touch:min-h-11",
                "data-disabled:cursor-default data-focused:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:stroke-[1.75] data-disabled:[&_svg]:text-ink-off",
                entry.danger && "text-bad",
              )}
            >
              {entry.icon}
              <span className="min-w-0 flex-1">
                <span className={cx(entry.disabledReason && "text-ink-off")}>{entry.label}</span>
                {entry.disabledReason && <span className="block text-12 text-ink-3">{entry.disabledReason}</span>}
              </span>
              {entry.keys && <Keyboard className="kbd text-ink-3">{entry.keys}</Keyboard>}
            </MenuItem>
          </Fragment>
        ))}
      </AriaMenu>
    </Popover>
  );
}
