"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { cx } from "./cx.ts";
import { Tag } from "./tag.tsx";

/** A value of the test application: masked, an eye to see it, Copy, and the badge that says what it is. */
export function TestValue({ value, label, badge = true }: { value: string; label: string; badge?: boolean }) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-1">
      <code className={cx("me-auto min-w-0 text-code", shown ? "wrap-anywhere" : "overflow-hidden whitespace-nowrap")}>
        {shown ? value : <span aria-hidden="true">{"•".repeat(Math.min(value.length, 12))}</span>}
        {!shown && <span className="sr-only">hidden</span>}
      </code>
      {badge && <Tag className="me-1 shrink-0">test value</Tag>}
      <IconButton size="sm" label={shown ? `Hide ${label}` : `Show ${label}`} onClick={() => setShown(!shown)}>
        <Icon aria-hidden="true" />
      </IconButton>
      <CopyButton value={value} label={label} />
    </span>
  );
}
