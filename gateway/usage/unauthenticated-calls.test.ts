import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { refuse } from "#gateway/answer/refusal.ts";
import { Call, type Gateway } from "#gateway/call.ts";
import { newId } from "#lib/ids.ts";
import { isUnauthenticated, UnauthenticatedCalls } from "./unauthenticated-calls.ts";

const req = new IncomingMessage(new Socket());
const res = new ServerResponse(req);
const START = 1_800_000_000_000;

function junk(address: string, applicationId?: string, startedAtMs = START): Call {
  const call = new Call({} as Gateway, req, res, false);
  Object.assign(call, { clientAddress: address, startedAtMs, credential: applicationId && { applicationId } });
  call.refused = refuse("CREDENTIAL_INVALID", "secret-wrong");
  return call;
}

interface Told {
  calls: number;
  blocks: Set<string>;
  rows: number;
}
function told(counters: UnauthenticatedCalls): Told {
  const rows = counters.rows(START);
  const counts = rows.flatMap((row) => JSON.parse(row.toString().split("\t")[3] ?? "") as [string, ...unknown[]][]);
  const calls = counts.reduce((sum, count) => sum + Number(count[6]), 0);
  return { calls, blocks: new Set(counts.map((count) => String(count[5]))), rows: counts.length };
}

test("a stranger with more networks than anybody has is counted to the last call, in bounded memory and rows (F5)", () => {
  const counters = new UnauthenticatedCalls();
  const calls = 200_000;
  let stored = 0;
  for (let i = 0; i < calls; i += 1) {
    const address = `2001:${(i >> 12).toString(16)}:${(i & 0xfff).toString(16)}:${(i % 9).toString(16)}::${i.toString(16).slice(-4)}`;
    if (counters.note(junk(address, `application-${i}`))) stored += 1;
  }
  expect(counters.size).toBeLessThanOrEqual(600);
  expect(stored).toBeLessThanOrEqual(5_000);
  const { calls: counted, rows, blocks } = told(counters);
  expect(counted).toBe(calls);
  expect(rows).toBeLessThanOrEqual(600);
  // Those that are not told apart any more.
  expect(blocks).toContain("");
  // Told once, and forgotten with their minute.
  expect(told(counters)).toMatchObject({ calls: 0, rows: 0 });
  counters.note(junk("192.0.2.1", undefined, START + 60_000), performance.now() + 60_000);
  counters.rows(START);
  expect(counters.size).toBe(1);
});

test("who knows many client IDs uses up the records of his network alone, not those of others", () => {
  const counters = new UnauthenticatedCalls();
  let flood = 0;
  for (let i = 0; i < 20_000; i += 1) if (counters.note(junk("198.51.100.9", newId()))) flood += 1;
  expect(flood).toBe(1_000);
  expect(counters.note(junk("203.0.113.5", newId()))).toBe(true);
});

test("the first of each minute are recorded again, whatever the clock says, and however long calls take (F5, F10)", () => {
  const counters = new UnauthenticatedCalls();
  const stored = (startedAtMs: number, nowMs: number) =>
    Array.from({ length: 30 }, () => counters.note(junk("192.0.2.1", undefined, startedAtMs), nowMs)).filter(Boolean)
      .length;
  expect(stored(START, 0)).toBe(20);
  expect(stored(START + 60_000, 60_000)).toBe(20);
  // Of the same minute: those that began before it, long before it, and by a clock that has been set back or ahead.
  for (const startedAtMs of [START, START - 121_000, START - 3_600_000, START + 3_600_000, START + 60_000]) {
    expect(stored(startedAtMs, 119_999)).toBe(0);
  }
  expect(stored(START - 3_600_000, 120_000)).toBe(20);
  expect(told(counters).calls).toBe(8 * 30);
});

test("calls that end long after they began open no new counters of networks, and take no new records (F5)", () => {
  const counters = new UnauthenticatedCalls();
  let stored = 0;
  for (let i = 0; i < 20_000; i += 1) {
    const call = junk(`198.51.${i % 200}.9`, newId(), START - (i % 50) * 60_000);
    if (counters.note(call, 1_000)) stored += 1;
  }
  expect(stored).toBe(5_000);
  const { calls, rows } = told(counters);
  expect(calls).toBe(20_000);
  // 512 that name a network, and one of each minute in which such a call began.
  expect(rows).toBeLessThanOrEqual(512 + 50);
});

test("what is nobody's call is told from real traffic", () => {
  const call = (facts: Partial<Call>) => Object.assign(new Call({} as Gateway, req, res, false), facts);
  const answered = new ServerResponse(req);
  answered.flushHeaders();
  const [four, five] = [refuse("REQUEST_INVALID"), refuse("BACKEND_TIMEOUT")];
  const real = [
    call({ authenticated: true, admitted: true }),
    call({ authenticated: true, refused: refuse("NOT_SUBSCRIBED") }),
    // Operations that ask for no credentials, and their backend's failures.
    call({ admitted: true, res: answered }),
    call({ admitted: true, refused: five }),
  ];
  expect(real.map(isUnauthenticated)).toEqual([false, false, false, false]);
  const strangers = [
    call({ refused: refuse("OVERLOADED") }),
    call({ refused: refuse("API_NOT_FOUND") }),
    call({ admitted: true, refused: four }),
    // A body for which its address has no room left.
    call({ admitted: true, refused: refuse("OVERLOADED", "bodies-held") }),
    // A browser's question, the public keys, a client that left while it was asked who it is.
    call({ preflight: true }),
    // A client that did not wait for what anybody may ask for.
    call({ admitted: true }),
    call({}),
  ];
  expect(strangers.map(isUnauthenticated)).toEqual(strangers.map(() => true));
});
