import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";

interface ShellFrameProps {
  lintel: ReactNode;
  rail?: ReactNode;
  /** Panes from edge to edge that scroll in themselves (studio, Explore): no gutters, as high as the window. */
  full?: boolean;
  children: ReactNode;
}

/** The gutters of a page that does not go from edge to edge. */
export const gutters = "px-8 pt-6 pb-12 max-md:px-4 max-md:pt-4";

/** Lintel over rail and main: the landmarks of every page. */
export function ShellFrame({ lintel, rail, full, children }: ShellFrameProps) {
  return (
    <div className={cx("flex min-h-dvh flex-col", full && "lg:h-dvh")}>
      {lintel}
      <div className="flex min-h-0 flex-1">
        {rail}
        <main id="content" tabIndex={-1} className={cx("min-w-0 flex-1", full ? "flex flex-col lg:min-h-0" : gutters)}>
          {full ? (
            children
          ) : (
            <div className={cx("w-full", rail ? "max-w-[72rem]" : "mx-auto max-w-[71rem]")}>{children}</div>
          )}
        </main>
      </div>
    </div>
  );
}
