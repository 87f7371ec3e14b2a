/** A refusal of one of our routes (RFC 9457). */
export interface Problem {
  code?: string;
  detail?: string;
  errors?: { field: string; message: string }[];
}

/** Posts to one of our routes; rejects when the portal does not answer. */
export const postJson = (url: string, input: unknown, signal: AbortSignal | null = null): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(input), signal });

/** What a route refused: `{ problem }` for what a person got wrong, the problem itself for the rest; never throws. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Problem & { problem?: Problem };
  return body.problem ?? body;
}
