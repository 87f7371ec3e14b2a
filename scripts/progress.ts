/** Elapsed seconds with one decimal, "1.3 s". */
export const seconds = (sinceMs: number): string => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/**
 * Runs one step and says so: its name, then what it answered and how long it took. On a terminal the seconds count
 * while it runs; elsewhere there is one line a step, so that logs stay readable.
 */
export async function step<T>(name: string, work: () => Promise<T> | T, note?: (result: T) => string): Promise<T> {
  const started = Date.now();
  const label = `  ${name.padEnd(22)}`;
  const live = process.stdout.isTTY === true;
  if (live) process.stdout.write(label);
  const ticker = live
    ? setInterval(() => process.stdout.write(`\r${label}${Math.round((Date.now() - started) / 1000)} s`), 1000)
    : undefined;
  try {
    const result = await work();
    const said = note?.(result) ?? "done";
    process.stdout.write(`${live ? "\r" : ""}${label}${said.padEnd(32)} ${seconds(started)}\n`);
    return result;
  } catch (error) {
    if (live) process.stdout.write(`\r${label}failed\n`);
    throw error;
  } finally {
    clearInterval(ticker);
  }
}
