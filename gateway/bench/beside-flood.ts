import { once } from "node:events";
import { join } from "node:path";
import { callAtRate, p99 } from "./latency.ts";
import { CORE, startNode } from "./machine.ts";

/** A flood of wrong secrets, as many right calls, and the honest client beside either; calls a second. */
const FLOOD = { rate: 5_000, honest: 200, seconds: 10 };
/** Right calls and flood in turn. A p99 of one round is that of its twenty slowest calls. */
const ROUNDS = 5;

interface Beside {
  /** p99 of the honest client in ms, one a round: beside right calls, and beside as many wrong secrets. */
  ordinary: number[];
  flooded: number[];
  /** Calls of the flood, all of which were refused. */
  refused: number;
  /** Honest calls that were not answered 200. */
  failed: number;
}

/**
 * How an honest client fares while another address floods the gateway, compared with as many right calls of that address:
 * they share cores with the client, so calm is no measure. Throws when a wrong secret was let through, or a right one not.
 */
export async function besideFlood(
  url: string,
  right: Record<string, string>,
  wrong: Record<string, string>,
): Promise<Beside> {
  const beside: Beside = { ordinary: [], flooded: [], refused: 0, failed: 0 };
  const honest = { url, headers: right, rate: FLOOD.honest, seconds: FLOOD.seconds, from: "127.0.0.2" };
  // What a first flood costs a gateway that has only known good calls: compiling the refusal.
  await flooded(url, wrong, 401, async () => undefined);
  for (let i = 0; i < ROUNDS; i += 1) {
    const ordinary = await flooded(url, right, 200, () => callAtRate(honest));
    const flood = await flooded(url, wrong, 401, () => callAtRate(honest));
    beside.ordinary.push(p99(ordinary.result.millis));
    beside.flooded.push(p99(flood.result.millis));
    beside.refused += flood.answered;
    for (const { calls, statuses } of [ordinary.result, flood.result])
      beside.failed += calls - (statuses.get(200) ?? 0);
  }
  return beside;
}

/** `work` beside the flood, all of whose calls are answered with `status`. */
async function flooded<T>(url: string, headers: Record<string, string>, status: number, work: () => Promise<T>) {
  const flood = await startNode(CORE.others, join(import.meta.dirname, "flood.ts"), {
    URL: url,
    HEADERS: JSON.stringify(headers),
    RATE: String(FLOOD.rate),
    SECONDS: String(FLOOD.seconds),
    FROM: "127.0.0.3",
  });
  const ended = once(flood.process, "message") as Promise<[{ statuses: Record<string, number> }]>;
  const result = await work();
  const [{ statuses }] = await ended;
  const { [status]: answered = 0, ...others } = statuses;
  if (Object.keys(others).length > 0) throw new Error(`a flood to be answered ${status} got ${JSON.stringify(others)}`);
  return { answered, result };
}
