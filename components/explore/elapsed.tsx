"use client";

import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";

interface ElapsedProps {
  since: number;
  /** An earlier answer is in view: nothing is drawn in the first second. */
  quiet: boolean;
  onCancel: () => void;
}

/** A call under way: the seconds appear after the first one, so that a quick call does not flicker (explore 15). */
export function Elapsed({ since, quiet, onCancel }: ElapsedProps) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - since) / 1000)), 250);
    return () => clearInterval(timer);
  }, [since]);
  if (quiet && seconds < 1) return null;
  return (
    <p className="flex min-h-[61px] shrink-0 items-center gap-3 border-b border-line px-4 py-3">
      <span className="text-ink-2">Waiting for the answer{seconds >= 1 && `, ${seconds} s`}</span>
      {seconds >= 1 && (
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </p>
  );
}
