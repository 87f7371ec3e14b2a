"use client";

import { useRef, useState } from "react";
import { postJson, problemOf } from "#components/ui/post-json.ts";
import type { CallHead, CallValues, OperationRef } from "#lib/explore/explore.schema.ts";
import { readFramed } from "#lib/explore/frame-answer.rules.ts";

export interface TestCallInput {
  target: OperationRef;
  values: CallValues;
  clientId: string;
  clientSecret: string;
}

/** An answer in the panel, or why there is none. */
export interface TestAnswer {
  head: CallHead | null;
  body: string;
  bodyBytes: number;
  /** Whole time in the browser, sending to last byte. */
  ms: number;
  /** Tells one answer from the next. */
  at: number;
  /** The portal refused to send: cause, and the field. */
  refused?: { message: string; fields: { field: string; message: string }[] };
}

async function call(url: string, input: TestCallInput, signal: AbortSignal): Promise<Omit<TestAnswer, "ms" | "at">> {
  const response = await postJson(url, input, signal);
  const framed = await readFramed(response);
  if (framed)
    return { head: framed.head, body: new TextDecoder().decode(framed.body), bodyBytes: framed.body.byteLength };
  const { detail, errors = [] } = await problemOf(response);
  const message = detail ?? "The portal did not send the call. Try again.";
  return { head: null, body: "", bodyBytes: 0, refused: { message, fields: errors } };
}

/** Makes the panel's calls, one at a time; the answer of the call before stays until the next one is there. */
export function useTestCall(url: string) {
  const [answer, setAnswer] = useState<TestAnswer | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);

  const invoke = async (input: TestCallInput) => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setBusy(true);
    const started = performance.now();
    const ms = () => Math.round(performance.now() - started);
    try {
      const got = await call(url, input, mine.signal);
      setAnswer({ ...got, ms: ms(), at: started });
    } catch {
      if (mine.signal.aborted) return;
      const message = "The portal did not answer. Your values are still here; try again.";
      setAnswer({ head: null, body: "", bodyBytes: 0, ms: ms(), at: started, refused: { message, fields: [] } });
    } finally {
      if (running.current === mine) {
        running.current = null;
        setBusy(false);
      }
    }
  };

  const clear = () => {
    running.current?.abort();
    setBusy(false);
    setAnswer(null);
  };
  return { answer, busy, invoke, clear };
}
