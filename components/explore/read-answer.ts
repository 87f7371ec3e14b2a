import type { CallHead, ExploreCall } from "#lib/explore/explore.schema.ts";

/** What came of pressing Send. */
export type Outcome =
  | { kind: "answer"; head: CallHead; body: Uint8Array<ArrayBuffer> }
  | { kind: "not-sent"; code: string; message: string; fields: { field: string; message: string }[] };

interface Problem {
  code?: string;
  detail?: string;
  errors?: { field: string; message: string }[];
}

/** Posts a call to the relay and reads its answer: one line of JSON (the head), then the body byte for byte. */
export async function makeCall(call: ExploreCall, signal: AbortSignal): Promise<Outcome> {
  const response = await fetch("/api/explore/call", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(call),
    signal,
  });
  if (!response.ok || !response.body) return notSent(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const end = bytes.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as CallHead;
  return { kind: "answer", head, body: bytes.slice(end + 1) };
}

async function notSent(response: Response): Promise<Outcome> {
  const problem = (await response.json().catch(() => ({}))) as Problem;
  return {
    kind: "not-sent",
    code: problem.code ?? "INTERNAL",
    message: problem.detail ?? "The portal did not answer. What you entered is still here.",
    fields: problem.errors ?? [],
  };
}
