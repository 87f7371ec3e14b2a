"use client";

import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";

/** A call under way: the seconds appear after the first one, so that a quick call does not flicker (explore 15). */
export function Elapsed({ since, onCancel }: { since: number; onCancel: () => void }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - since) / 1000)), 250);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <p className="flex min-h-control items-center gap-3">
      <span className="text-ink-2">Waiting for the answer{seconds >= 1 && `, ${seconds} s`}</span>
      {seconds >= 1 && (
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </p>
  );
}
