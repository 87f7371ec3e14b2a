"use client";

import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import type { Explanation } from "#lib/explore/explore.rules.ts";
import type { ResponseActions } from "./response-pane.tsx";

interface WhyProps extends ResponseActions {
  explanation: Explanation;
  /** The fault is ours or the backend's, not the caller's. */
  broken: boolean;
  /** What is on record beyond the public words. */
  children?: ReactNode;
}

/** Why the call was refused, in words, with what mends it as a button (explore 5). */
export function Why({ explanation: { title, words, fix }, broken, children, ...actions }: WhyProps) {
  const router = useRouter();
  const act = {
    "use-application": actions.onUseApplication,
    "reset-values": actions.onResetValues,
    "get-token": actions.onGetToken,
    "send-again": actions.onSend,
    reload: () => router.refresh(),
  };
  return (
    <div className={cx("border-b border-line p-4", broken ? "bg-bad-tint" : "bg-warn-tint")}>
      <h2 className="text-15 font-650">{title}</h2>
      <p className="mt-1 wrap-anywhere">{words}</p>
      {"href" in fix ? (
        <LinkButton variant="primary" href={fix.href} className="mt-2.5 md:whitespace-normal!">
          {fix.label}
        </LinkButton>
      ) : (
        <Button variant="primary" onClick={act[fix.action]} className="mt-2.5 md:whitespace-normal!">
          {fix.label}
        </Button>
      )}
      {/* It comes later, and only sometimes: below, where it moves nothing that one reaches for. */}
      {children}
    </div>
  );
}
