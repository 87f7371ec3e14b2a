/** The full form takes as long, and as much, as the goals of gateway.md part 8 say. */
export const full = process.env.FAULTS === "full";

/** A figure for the terminal, beside its goal. Vitest's own reporter would hide it behind a test's name. */
export function figure(what: string, value: string, goal = ""): void {
  process.stdout.write(`   ${what.padEnd(60)} ${value}${goal && `  (goal: ${goal})`}\n`);
}
