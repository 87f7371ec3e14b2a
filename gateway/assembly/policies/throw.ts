import { STATUS_CODES } from "node:http";
import { refuseThrown } from "#gateway/answer/refusal.ts";
import type { ThrowPolicy } from "#lib/assembly/plan.ts";
import { PolicyError } from "../policy-error.ts";
import { textReader } from "../variables.ts";
import type { Run } from "./step.ts";

/** Of a message that may hold parts of a request. */
const MESSAGE_LENGTH_MAX = 1_000;

/** Ends the flow with an error of the author's own; with a status or a message of its own when nothing catches it. */
export function throwError({ name, message, status, reason }: ThrowPolicy): Run {
  const read = textReader(message);
  const code = status ?? 500;
  return (context) => {
    const text = read(context).slice(0, MESSAGE_LENGTH_MAX);
    const own = text !== "" || status !== null;
    const toClient = own ? refuseThrown(code, reason || STATUS_CODES[code] || "Error", text || name) : undefined;
    const error = new PolicyError([name], text || name, { status: code, ...(toClient && { toClient }) });
    error.reason = reason;
    throw error;
  };
}
