"use client";

import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Method } from "#components/ui/method.tsx";
import { useCommandKey } from "#components/ui/use-command-key.ts";

interface SendBarProps {
  method: string;
  basePath: string;
  /** basePath and what follows, as it will be sent. */
  target: string;
  sending: boolean;
  onSend: () => void;
  onCancel: () => void;
}

/** The address as it will be sent, and the button. */
export function SendBar({ method, basePath, target, sending, onSend, onCancel }: SendBarProps) {
  const keys = useCommandKey() === "⌘" ? "⌘↵" : "Ctrl ↵";
  const rest = target.startsWith(basePath) ? target.slice(basePath.length) : target;
  return (
    <div className="flex shrink-0 items-center gap-2 border-b border-line bg-surface px-5 py-3 max-md:px-4">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Address of the call"
        className="flex h-9 min-w-0 flex-1 items-center overflow-x-auto rounded-1 border border-line-strong px-3 font-mono text-code whitespace-nowrap [scrollbar-width:none] max-md:h-11"
      >
        <Method method={method} short />
        <span className="text-ink-3 max-lg:hidden">{basePath}</span>
        <span>{rest || "/"}</span>
      </section>
      {/* One button in both states, so that the focus stays where Enter was pressed. */}
      <Button variant={sending ? "line" : "primary"} size="lg" onClick={sending ? onCancel : onSend} className="w-26">
        {sending ? "Cancel" : "Send"}
        <span aria-hidden="true" className={cx("kbd max-md:hidden", sending ? "text-ink-3" : "border-current/50")}>
          {sending ? "Esc" : keys}
        </span>
      </Button>
    </div>
  );
}
