import type { ReactNode } from "react";
import { cx } from "./cx.ts";

interface EmptyStateProps {
  /** "No applications yet". */
  title: string;
  /** What the thing is, in one or two sentences. */
  children?: ReactNode;
  /** One button. */
  action?: ReactNode;
  className?: string;
}

/** Where a list would be: a dashed frame, what it is, one button. */
export function EmptyState({ title, children, action, className }: EmptyStateProps) {
  return (
    <div
      className={cx("grid justify-items-start gap-2 rounded-2 border border-dashed border-line-strong p-5", className)}
    >
      <b>{title}</b>
      {children && <div className="max-w-[62ch] text-ink-2">{children}</div>}
      {action}
    </div>
  );
}
