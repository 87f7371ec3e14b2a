import { CircleCheck, CircleX, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

const tones = {
  warn: { icon: TriangleAlert, box: "border-warn-line border-s-warn-solid bg-warn-tint", mark: "text-warn" },
  bad: { icon: CircleX, box: "border-bad-line border-s-bad-solid bg-bad-tint", mark: "text-bad" },
  ok: { icon: CircleCheck, box: "border-ok-line border-s-ok-solid bg-ok-tint", mark: "text-ok" },
  info: { icon: Info, box: "border-info-line border-s-info-solid bg-info-tint", mark: "text-info" },
};

interface NoteProps {
  tone: keyof typeof tones;
  title?: ReactNode;
  children?: ReactNode;
  /** What mends it: a button or a link, at the end. */
  action?: ReactNode;
  className?: string;
}

/** Something to know about the page or its thing, in place. Cause first, then what to do. */
export function Note({ tone, title, children, action, className }: NoteProps) {
  const { icon: Icon, box, mark } = tones[tone];
  return (
    <div
      className={cx("flex flex-wrap items-center gap-2.5 rounded-1 border border-s-[3px] px-3 py-2.5", box, className)}
    >
      {/* Where the text would get narrower than this, the action goes below it. */}
      <div className="flex min-w-0 flex-[1_1_14rem] gap-2.5">
        <Icon aria-hidden="true" className={cx("mt-0.5", mark)} />
        <div className="min-w-[min(14rem,100%-2rem)] flex-1 wrap-anywhere">
          {title && <b>{title}</b>} {children}
        </div>
      </div>
      {action && <div className="flex shrink-0 items-center gap-2">{action}</div>}
    </div>
  );
}
