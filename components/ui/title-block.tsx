import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export interface Fact {
  label: string;
  value: ReactNode;
  mono?: boolean;
  /** Takes the room that is left, below 768 px a row of its own; the longest fact. */
  grow?: boolean;
}

/** Three to six facts of a thing under a heavy rule, as on an architect's plan. Two columns below 768 px. */
export function TitleBlock({ facts, className }: { facts: Fact[]; className?: string }) {
  return (
    <div
      className={cx(
        "overflow-x-clip [overflow-clip-margin:6px] border-t-2 border-b border-t-ink border-b-line",
        className,
      )}
    >
      {/* Pulled out by one padding and one hairline, so that every row of facts starts at the page's edge;
          the lines between rows run past their fact and are cut off with it. */}
      <dl className="-ms-[calc(1rem+1px)] -mb-px flex flex-wrap">
        {facts.map((fact) => (
          <div
            key={fact.label}
            className={cx(
              "relative min-w-0 border-s border-line px-4 py-[9px] after:absolute after:start-0 after:bottom-0 after:h-px after:w-[200vw] after:bg-line",
              fact.grow ? "max-md:basis-full md:flex-[1_1_16rem]" : "max-md:flex-[1_1_40%]",
            )}
          >
            <dt className="text-12 text-ink-3">{fact.label}</dt>
            <dd className={cx("font-medium wrap-anywhere", fact.mono && "font-mono text-code")}>{fact.value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
