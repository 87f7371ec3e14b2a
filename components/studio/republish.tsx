"use client";

import { CloudUpload } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { LiveState } from "#components/product/live-state.tsx";
import { NotPublished } from "#components/product/not-published.tsx";
import { Button } from "#components/ui/button.tsx";
import { type ActionAnswer, useActionForm } from "#components/ui/use-action-form.ts";
import type { LiveState as LiveAnswer } from "#lib/gateway-feed/live.rules.ts";
import { sayClock } from "./clock-time.tsx";
import { type LiveCopy, NotLiveLine } from "./not-live-line.tsx";

interface RepublishProps {
  catalog: string;
  republish: () => Promise<ActionAnswer<{ live: LiveAnswer }>>;
  /** What callers of the sandbox get now; null before the first time. */
  copy: LiveCopy | null;
  changedAt: string;
  /** Why it cannot be done now: "Fix 1 error first". */
  blocked?: string;
  onLive: () => void;
}

/** "Republish product": brings the product up to date and publishes it to the Sandbox (S47), and says when it is live. */
export function Republish({ catalog, republish, copy, changedAt, blocked, onLive }: RepublishProps) {
  const [done, setDone] = useState<{ live: LiveAnswer; at: Date } | null>(null);
  const { run, pending, errors } = useActionForm<null, { live: LiveAnswer }>(republish, {
    read: () => null,
    onDone: ({ live }) => {
      setDone({ live, at: new Date() });
      onLive();
    },
  });
  const press = useEffectEvent(() => {
    if (!pending && blocked === undefined) run(null);
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      press();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  const behind = copy !== null && !copy.current;
  const refused = !pending && (errors.message !== undefined || errors.fields.length > 0);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button
          icon={<CloudUpload aria-hidden="true" />}
          busy={pending}
          disabled={blocked !== undefined}
          aria-keyshortcuts="Control+Shift+Enter Meta+Shift+Enter"
          onClick={() => run(null)}
        >
          Republish product
        </Button>
        {blocked && <span className="text-12 text-ink-3">{blocked}</span>}
      </div>
      {refused && <NotPublished errors={errors} />}
      {done && !refused && (
        <LiveState
          state={done.live}
          at={sayClock(done.at)}
          steps={["Product brought up to date", `Published to ${catalog}`]}
        />
      )}
      {(!done || behind) && <NotLiveLine copies={copy ? [copy] : []} changedAt={changedAt} />}
    </div>
  );
}
