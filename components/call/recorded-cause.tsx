"use client";

import { useEffect, useEffectEvent, useState } from "react";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import type { Cause } from "#lib/errors/refusals.ts";
import { type CauseReader, explainCause } from "#lib/explore/cause.rules.ts";

export type ReadCause = (input: {
  requestId: string;
  as: CauseReader;
}) => Promise<ActionAnswer<{ cause: Cause | null }>>;

/** Records are written every 250 ms; behind a queue later. */
const WAITS_MS = [400, 800, 1_600, 3_200];

interface RecordedCauseProps {
  requestId: string;
  as: CauseReader;
  read: ReadCause;
}

/** The exact cause on record behind a refusal, for who may know it; nothing for everybody else. Its line is kept free. */
export function RecordedCause({ requestId, as, read }: RecordedCauseProps) {
  const [cause, setCause] = useState<Cause | null>(null);
  const ask = useEffectEvent(() => read({ requestId, as }).catch(() => null));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another call has another cause
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let gone = false;
    const tryAgain = (attempt: number) => {
      const wait = WAITS_MS[attempt];
      if (wait === undefined) return;
      timer = setTimeout(async () => {
        const answer = await ask();
        if (gone) return;
        if (answer?.ok) setCause(answer.data.cause);
        else if (answer === null || answer.code === "NOT_FOUND") tryAgain(attempt + 1);
      }, wait);
    };
    tryAgain(0);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [requestId, as]);
  return (
    <p role="status" className="mt-2 min-h-5 wrap-anywhere">
      {cause && (
        <>
          <b>On record:</b> {explainCause(cause, as)}
        </>
      )}
    </p>
  );
}
