import { Agent, request } from "node:http";
import { quantile } from "./machine.ts";

interface Paced {
  url: string;
  headers: Record<string, string>;
  /** Calls a second. */
  rate: number;
  seconds: number;
  /** Source address, so that clients can be told apart; all of 127.0.0.0/8 is loopback. */
  from?: string;
}

export interface PacedResult {
  calls: number;
  /** By status. */
  statuses: Map<number, number>;
  millis: number[];
}

/** Calls at an even rate whether answers come or not, so that a slow gateway cannot slow its own load down. */
export async function callAtRate({ url, headers, rate, seconds, from }: Paced): Promise<PacedResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const result: PacedResult = { calls: 0, statuses: new Map(), millis: [] };
  const open = new Set<Promise<void>>();
  const started = performance.now();
  const total = rate * seconds;
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - started) / 1_000) * rate));
      while (result.calls < due) {
        result.calls += 1;
        const call = one(url, headers, agent, from, result).finally(() => open.delete(call));
        open.add(call);
      }
      if (result.calls < total) return;
      clearInterval(timer);
      done();
    }, 1);
  });
  await Promise.all(open);
  agent.destroy();
  return result;
}

/** Calls one after the other on one connection; milliseconds of each. */
export async function callInTurn(url: string, headers: Record<string, string>, calls: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const result: PacedResult = { calls, statuses: new Map(), millis: [] };
  for (let i = 0; i < calls; i += 1) await one(url, headers, agent, undefined, result);
  agent.destroy();
  if (result.statuses.get(200) !== calls) throw new Error(`not every answer was 200: ${url}`);
  return result.millis;
}

function one(
  url: string,
  headers: Record<string, string>,
  agent: Agent,
  from: string | undefined,
  result: PacedResult,
): Promise<void> {
  const started = performance.now();
  const note = (status: number) => {
    result.statuses.set(status, (result.statuses.get(status) ?? 0) + 1);
    result.millis.push(performance.now() - started);
  };
  return new Promise((done) => {
    const req = request(url, { headers, agent, ...(from && { localAddress: from }) }, (res) => {
      res.resume();
      res.on("end", () => {
        note(res.statusCode ?? 0);
        done();
      });
    });
    req.on("error", () => {
      note(0);
      done();
    });
    req.end();
  });
}

export const p50 = (millis: readonly number[]): number => quantile(millis, 0.5);
export const p99 = (millis: readonly number[]): number => quantile(millis, 0.99);
