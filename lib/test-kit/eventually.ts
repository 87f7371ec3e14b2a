import { vi } from "vitest";

/** Longer than any machine is held up; who waits for it has found a fault, not a slow neighbour. */
const PATIENCE_MS = 25_000;

/**
 * Waits until `check` throws no more; its answer. For what other processes or connections do in their own time: a test
 * that waits for the thing itself does not depend on how long the thing takes.
 */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: PATIENCE_MS });
