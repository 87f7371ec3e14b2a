"use client";

import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";
import { ExploreProvider, type Pane, useExplore } from "./explore-context.tsx";
import { OperationsPane } from "./operations-pane.tsx";

const panes: { value: Pane; label: string }[] = [
  { value: "operations", label: "Operations" },
  { value: "request", label: "Request" },
  { value: "response", label: "Response" },
];

/** Operations, request, response: three columns, or three tabs where the window is narrow. */
export function ExploreFrame({ children, ...shared }: Parameters<typeof ExploreProvider>[0]) {
  return (
    <ExploreProvider {...shared}>
      <PaneTabs />
      <Columns>{children}</Columns>
    </ExploreProvider>
  );
}

function PaneTabs() {
  const { pane, setPane } = useExplore();
  return (
    <fieldset aria-label="Columns" className="flex gap-5 border-b border-line bg-surface px-4 lg:hidden">
      {panes.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === pane}
          onClick={() => setPane(value)}
          className="min-h-11 border-b-2 border-transparent font-medium text-ink-2 -outline-offset-2 aria-pressed:border-accent aria-pressed:font-semibold aria-pressed:text-ink"
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}

function Columns({ children }: { children: ReactNode }) {
  const { pane } = useExplore();
  return (
    <div className="flex min-h-0 flex-1 flex-col lg:grid lg:grid-cols-[13rem_minmax(0,1fr)_minmax(20rem,26rem)] xl:grid-cols-[14.75rem_minmax(0,1fr)_minmax(24rem,28.75rem)]">
      <div
        className={cx(
          "min-w-0 max-lg:order-2 lg:flex lg:min-h-0 lg:flex-col lg:border-e lg:border-line",
          pane !== "operations" && "max-lg:hidden",
        )}
      >
        <OperationsPane />
      </div>
      {children}
    </div>
  );
}
