"use client";

import { useRouter } from "next/navigation";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import type { Explanation } from "#lib/explore/explore.rules.ts";
import type { ResponseActions } from "./response-pane.tsx";

interface WhyProps extends ResponseActions {
  explanation: Explanation;
  /** The fault is ours or the backend's, not the caller's. */
  broken: boolean;
}

/** Why the call was refused, in words, with what mends it as a button (explore 5). */
export function Why({ explanation: { title, words, fix }, broken, ...actions }: WhyProps) {
  const router = useRouter();
  const act = {
    "use-application": actions.onUseApplication,
    "reset-values": actions.onResetValues,
    "send-again": actions.onSend,
    reload: () => router.refresh(),
  };
  return (
    <div className={cx("border-b border-line p-4", broken ? "bg-bad-tint" : "bg-warn-tint")}>
      <h2 className="text-15 font-650">{title}</h2>
      <p className="mt-1 mb-2.5 wrap-anywhere">{words}</p>
      {"href" in fix ? (
        <LinkButton variant="primary" href={fix.href} className="md:whitespace-normal!">
          {fix.label}
        </LinkButton>
      ) : (
        <Button variant="primary" onClick={act[fix.action]} className="md:whitespace-normal!">
          {fix.label}
        </Button>
      )}
    </div>
  );
}
