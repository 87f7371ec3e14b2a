import { STATUS_CODES } from "node:http";
import { type Refused, refuseWith } from "#gateway/answer/refusal.ts";

/** An error that an assembly can catch by name. Its words stay inside unless `toClient` says otherwise. */
export class PolicyError extends Error {
  /** The first is `$(error.name)`; a catch may name any. */
  readonly names: readonly string[];
  status = 500;
  reason = "";
  /** What the client gets when nothing catches it; undefined: 500 POLICY_FAILED with the policy's title. */
  toClient: Refused | undefined;
  /** The policy in which it happened. */
  title = "";

  constructor(names: readonly string[], message: string, answer: { status?: number; toClient?: Refused } = {}) {
    super(message);
    this.names = names;
    this.toClient = answer.toClient;
    this.status = answer.status ?? answer.toClient?.rendered.status ?? 500;
  }

  get phrase(): string {
    return this.reason || STATUS_CODES[this.status] || "Error";
  }
}

/** A value that does not fit where it is to go. */
export const propertyError = (message: string): PolicyError =>
  new PolicyError(["PropertyError", "RuntimeError"], message);

/** What the client gets when nothing caught an error: never anything from inside the policy. */
export const uncaught = (error: PolicyError): Refused =>
  error.toClient ?? refuseWith("POLICY_FAILED", `The policy "${error.title}" of the API failed`);
