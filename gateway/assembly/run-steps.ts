import { HeldFullError } from "#gateway/admission/held-memory.ts";
import { refuse } from "#gateway/answer/refusal.ts";
import { GoneError } from "#gateway/gone-error.ts";
import { log } from "#lib/log.ts";
import type { Context } from "./context.ts";
import { TooLargeError } from "./message.ts";
import type { Step } from "./policies/step.ts";
import { PolicyError } from "./policy-error.ts";

/** Runs policies in their order (S99). Throws PolicyError, GoneError. */
export async function runSteps(context: Context, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (context.streams) return;
    if (context.call.res.destroyed) throw new GoneError();
    const leave = context.tracer?.enter(step, context);
    try {
      if (performance.now() > context.deadline) throw tooLong();
      if (step.body) await context.openBody();
      const running = step.run(context);
      if (running) await running;
      leave?.(context);
    } catch (error) {
      const failure = asPolicyError(error, context);
      if (failure instanceof PolicyError) failure.title ||= step.title;
      leave?.(context, failure);
      throw failure;
    }
  }
}

const tooLong = (): PolicyError =>
  new PolicyError(["RuntimeError"], "the assembly took too long", { toClient: refuse("BACKEND_TIMEOUT") });

/** A fault inside a policy, say JSON nested deeper than the stack, is a RuntimeError of that policy, not the process's. */
function asPolicyError(error: unknown, { answered, call }: Context): Error {
  if (error instanceof PolicyError || error instanceof GoneError) return error;
  if (error instanceof TooLargeError) {
    const toClient = answered ? refuse("BACKEND_INVALID") : refuse("BODY_TOO_LARGE");
    return new PolicyError(["RuntimeError"], "the body is too large", { toClient });
  }
  if (error instanceof HeldFullError) {
    return new PolicyError(["RuntimeError"], "too many bodies are held", {
      toClient: refuse("OVERLOADED", "bodies-held"),
    });
  }
  // Where, not what: the words of a parser hold parts of what it read.
  const frames = error instanceof Error ? error.stack?.split("\n").filter((line) => /^ +at /.test(line)) : [];
  log.warn({ requestId: call.requestId, at: frames?.slice(0, 3) }, "fault in a policy");
  return new PolicyError(["RuntimeError"], "the policy could not be run");
}
