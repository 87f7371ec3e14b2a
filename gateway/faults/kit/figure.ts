/** A figure for the terminal, beside its goal. */
export function figure(what: string, value: string, goal = ""): void {
  process.stdout.write(`   ${what.padEnd(60)} ${value}${goal && `  (goal: ${goal})`}\n`);
}
