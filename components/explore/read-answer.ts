import { postJson, problemOf } from "#components/ui/post-json.ts";
import type { CallHead, ExploreCall } from "#lib/explore/explore.schema.ts";
import { readFramed } from "#lib/explore/frame-answer.rules.ts";

/** What came of pressing Send. */
export type Outcome =
  | { kind: "answer"; head: CallHead; body: Uint8Array<ArrayBuffer> }
  | { kind: "not-sent"; code: string; message: string; fields: { field: string; message: string }[] };

/** Posts a call to the relay and reads its answer. */
export async function makeCall(call: ExploreCall, signal: AbortSignal): Promise<Outcome> {
  const response = await postJson("/api/explore/call", call, signal);
  const framed = await readFramed(response);
  if (framed) return { kind: "answer", ...framed };
  const { code = "INTERNAL", detail, errors = [] } = await problemOf(response);
  const message = detail ?? "The portal did not answer. What you entered is still here.";
  return { kind: "not-sent", code, message, fields: errors };
}
