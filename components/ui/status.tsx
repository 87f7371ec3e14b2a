import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { type StatusShape, shapeOf, wordOf } from "./status.shapes.ts";

const marks: Record<StatusShape, string> = {
  passes: "size-1.75 rounded-full bg-ok-solid",
  changing: "size-2 rounded-full border-2 border-warn-solid",
  resting: "size-1.75 rounded-full border-[1.5px] border-ink-3",
  over: "size-1.75 rounded-[1px] bg-ink-3",
  broken: "size-1.75 rounded-[1px] bg-bad-solid",
};
const words: Partial<Record<StatusShape, string>> = { changing: "text-warn", broken: "text-bad" };

interface StatusProps {
  /** A lifecycle word: published, pending, revoked… */
  state: string;
  /** The word shown, where it differs from the state. */
  children?: ReactNode;
  /** Overrides the shape that the word has, for sentences such as "3 of 3 on revision 418". */
  shape?: StatusShape;
  className?: string;
}

/** Lifecycle mark: the shape says whether calls pass, the word always stands beside it. */
export function Status({ state, children, shape = shapeOf(state), className }: StatusProps) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1.5 text-12 font-550 tracking-normal",
        words[shape] ?? "text-ink-2",
        className,
      )}
    >
      <span aria-hidden="true" className={cx("shrink-0", marks[shape])} />
      <span>{children ?? wordOf(state)}</span>
    </span>
  );
}
