/** An error for the operator: its message is one line that says what is wrong and what to do; no stack is shown. */
export class Failure extends Error {}

/** The line to print for any error: a Failure's or EnvError's own, else the first line of what was thrown. */
export function failureLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split("\n")[0]?.trim() || "unknown error";
}
