import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { CORE, cpuSeconds, median, pinned } from "./machine.ts";

/** One of those who are compared, with what was measured of it. */
export interface Subject {
  name: string;
  process: ChildProcess;
  url: string;
  headers: readonly string[];
  /** µs of CPU per request, one a run. */
  cpu: number[];
  perSecond: number[];
}

export const subject = (name: string, process: ChildProcess, url: string, headers: readonly string[]): Subject => ({
  name,
  process,
  url,
  headers,
  cpu: [],
  perSecond: [],
});

export const headerLines = (headers: Record<string, string>): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

const requestsIn = (out: string): number => Number(/(\d+) requests in/.exec(out)?.[1]);

/** Loads until at least so many calls were answered, whatever the answer; returns how many. */
export async function serve(one: Subject, calls: number): Promise<number> {
  let served = 0;
  while (served < calls) {
    const more = requestsIn(await load(one, 10));
    if (!more) throw new Error(`${one.name}: nothing was answered`);
    served += more;
  }
  return served;
}

/** Loads with 64 connections as fast as answers come; returns what wrk says. */
export async function load({ url, headers }: Subject, seconds: number): Promise<string> {
  const [command = "", ...rest] = pinned(CORE.others);
  const flags = headers.flatMap((header) => ["-H", header]);
  const wrk = spawn(command, [...rest, "wrk", "-t1", "-c64", `-d${seconds}s`, ...flags, url]);
  let out = "";
  wrk.stdout.on("data", (text) => {
    out += text;
  });
  await once(wrk, "exit");
  return out;
}

/** One run: CPU time of the process and answers a second. Throws when an answer was not 2xx. */
export async function measure(one: Subject, seconds: number): Promise<void> {
  const before = cpuSeconds(one.process);
  const out = await load(one, seconds);
  const used = cpuSeconds(one.process) - before;
  const requests = requestsIn(out);
  if (!requests || /Non-2xx|Socket errors/.test(out)) throw new Error(`${one.name}: not every answer was 200\n${out}`);
  one.cpu.push((used / requests) * 1e6);
  one.perSecond.push(requests / seconds);
}

export const cpuOf = ({ cpu }: Subject): number => median(cpu);
export const throughputOf = ({ perSecond }: Subject): number => median(perSecond);
