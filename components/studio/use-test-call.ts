"use client";

import { useRef, useState } from "react";
import type { CallHead, CallValues, OperationRef } from "#lib/explore/explore.schema.ts";

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

interface Problem {
  detail?: string;
  errors?: { field: string; message: string }[];
}

const NEWLINE = 10;

/** Splits the route's answer: a line of JSON, then the body byte for byte. */
function split(bytes: Uint8Array): { head: CallHead; body: Uint8Array } {
  const end = bytes.indexOf(NEWLINE);
  return {
    head: JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as CallHead,
    body: bytes.subarray(end + 1),
  };
}

async function call(url: string, input: TestCallInput, signal: AbortSignal): Promise<Omit<TestAnswer, "ms" | "at">> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(input),
    signal,
  });
  if (response.headers.get("Content-Type") !== "application/octet-stream") {
    // A refusal of the portal: `{ problem }` for what a person got wrong, the problem itself for the rest.
    const body = (await response.json().catch(() => ({}))) as Problem & { problem?: Problem };
    const problem = body.problem ?? body;
    const message = problem.detail ?? "The portal did not send the call. Try again.";
    return { head: null, body: "", bodyBytes: 0, refused: { message, fields: problem.errors ?? [] } };
  }
  const { head, body } = split(new Uint8Array(await response.arrayBuffer()));
  return { head, body: new TextDecoder().decode(body), bodyBytes: body.byteLength };
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
