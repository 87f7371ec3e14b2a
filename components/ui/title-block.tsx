import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export interface Fact {
  label: string;
  value: ReactNode;
  mono?: boolean;
  /** Takes the room that is left; the longest fact. */
  grow?: boolean;
}

/** Three to six facts of a thing under a heavy rule, as on an architect's plan. Two columns below 768 px. */
export function TitleBlock({ facts, className }: { facts: Fact[]; className?: string }) {
  return (
    <dl
      className={cx("grid grid-cols-2 border-t-2 border-b border-t-ink border-b-line md:flex md:flex-wrap", className)}
    >
      {facts.map((fact) => (
        <div
          key={fact.label}
          className={cx(
            "min-w-0 py-2 max-md:odd:pe-3 max-md:even:border-s max-md:even:ps-3 max-md:not-nth-[-n+2]:border-t max-md:odd:last:col-span-2",
            "border-line md:py-[9px] md:px-4 md:not-first:border-s md:first:ps-0",
            fact.grow && "md:flex-[1_1_16rem]",
          )}
        >
          <dt className="text-12 text-ink-3">{fact.label}</dt>
          <dd className={cx("font-medium wrap-anywhere", fact.mono && "font-mono text-code")}>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
