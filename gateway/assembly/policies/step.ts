import type { CompiledPolicy } from "#lib/assembly/plan.ts";
import type { Context } from "../context.ts";

/** A policy that is ready to run. */
export interface Step {
  kind: CompiledPolicy["kind"];
  title: string;
  /** Bodies have to be there before it runs. */
  body: boolean;
  run(context: Context): void | Promise<void>;
}

export type Run = Step["run"];
/** Makes steps of the policies below another. */
export type MakeSteps = (policies: readonly CompiledPolicy[]) => readonly Step[];
/** Runs steps one after the other, until one of them fails. */
export type RunSteps = (context: Context, steps: readonly Step[]) => Promise<void>;
