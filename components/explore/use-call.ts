"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { ExploreCall } from "#lib/explore/explore.schema.ts";
import { makeCall, type Outcome } from "./read-answer.ts";

export type CallState =
  | { phase: "idle" }
  | { phase: "sending"; since: number; before: DoneCall | null }
  | { phase: "cancelled"; afterMs: number }
  | DoneCall;

export interface DoneCall {
  phase: "done";
  call: ExploreCall;
  outcome: Outcome;
}

/** One call at a time: `send` while one runs does nothing, `cancel` aborts it as far as the gateway (explore 15). */
export function useCall() {
  const [state, setState] = useState<CallState>({ phase: "idle" });
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  const send = useCallback(async (call: ExploreCall) => {
    if (running.current) return;
    const controller = new AbortController();
    running.current = controller;
    const since = performance.now();
    // The answer before stays in view until the next one is there: nothing jumps on a quick call.
    setState((now) => ({ phase: "sending", since, before: now.phase === "done" ? now : null }));
    try {
      const outcome = await makeCall(call, controller.signal);
      setState({ phase: "done", call, outcome });
    } catch {
      if (controller.signal.aborted) setState({ phase: "cancelled", afterMs: performance.now() - since });
      else {
        const message = "The portal did not answer. What you entered is still here.";
        setState({ phase: "done", call, outcome: { kind: "not-sent", code: "INTERNAL", message, fields: [] } });
      }
    } finally {
      running.current = null;
    }
  }, []);

  const cancel = useCallback(() => running.current?.abort(), []);
  /** What the page knows by itself needs no call to learn it. */
  const refuse = useCallback((call: ExploreCall, code: string) => {
    setState({ phase: "done", call, outcome: { kind: "not-sent", code, message: "", fields: [] } });
  }, []);
  return { state, send, refuse, cancel };
}
