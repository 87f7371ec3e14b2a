"use client";

import { useEffect, useState } from "react";

/** Whole seconds until a moment of this browser's clock, counted down to 0; null without one. */
export function useSecondsLeft(atMs: number | null): number | null {
  const [nowMs, setNowMs] = useState(() => Date.now());
  const over = atMs !== null && nowMs >= atMs;
  useEffect(() => {
    if (atMs === null || over) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [atMs, over]);
  return atMs === null ? null : Math.max(0, Math.ceil((atMs - nowMs) / 1_000));
}
