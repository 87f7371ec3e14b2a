import type { ReactNode } from "react";
import { cx } from "./cx.ts";

const tones = {
  idle: "bg-idle-tint text-ink-2",
  ok: "bg-ok-tint text-ok",
  warn: "bg-warn-tint text-warn",
  bad: "bg-bad-tint text-bad",
  info: "bg-info-tint text-info",
  accent: "bg-accent-tint text-accent",
};

interface TagProps {
  tone?: keyof typeof tones;
  icon?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A badge: plan, "test value", "Breaking". Never a status. */
export function Tag({ tone = "idle", icon, className, children }: TagProps) {
  return (
    <span
      className={cx(
        "inline-flex min-h-5 max-w-full justify-self-start items-center gap-[5px] rounded-1 px-[7px] text-12 font-550 tracking-normal [&_svg]:size-3.5 [&_svg]:shrink-0",
        tones[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}
