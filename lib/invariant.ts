/** Throws when a condition that our own code guarantees does not hold: the request fails, the process goes on. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`);
}
