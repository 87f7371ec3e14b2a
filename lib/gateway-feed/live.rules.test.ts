import { expect, test } from "vitest";
import { liveWords, silentWords, type Unconfirmed, unconfirmedWords } from "./live.rules.ts";

const state = (gateways: number, live: number, unconfirmed: Unconfirmed[] = []) => ({
  ...{ gateways, live, complete: gateways > 0 && live === gateways, waitedMs: 20, unconfirmed },
});
const silentSince = new Date("2026-11-22T14:31:00Z");
const silent = { address: "api-2 0.0.0.0:8080, process 3", silentSince };
const slow = { address: "api-3 0.0.0.0:8080", silentSince: null };

test("what all gateways have is live, and nothing more is said", () => {
  expect(liveWords(state(0, 0))).toBe("Saved. No gateway is running; it holds as soon as one starts.");
  expect(liveWords(state(1, 1))).toBe("Live on the gateway.");
  expect(liveWords(state(3, 3))).toBe("Live on all 3 gateways.");
  expect([unconfirmedWords(state(3, 3)), silentWords(state(3, 3))]).toEqual(["", ""]);
});

test("a gateway that has not confirmed is named, with the moment since when it is silent", () => {
  const words = "Not confirmed: api-2 0.0.0.0:8080, process 3, silent since 22 Nov 2026, 14:31 UTC.";
  expect(liveWords(state(2, 1, [silent]))).toBe(`Saved. Live on 1 of 2 gateways. ${words}`);
  expect(silentWords(state(2, 1, [silent]))).toMatch(/dismiss one that has ended/);
});

test("one that answers is told apart, more than are named are counted, and a machine that may not be known has no name", () => {
  expect(unconfirmedWords(state(6, 1, [{ ...silent, address: null }, slow]))).toBe(
    "Not confirmed: a gateway, silent since 22 Nov 2026, 14:31 UTC; api-3 0.0.0.0:8080, which answers and is behind; and 3 more.",
  );
  expect(silentWords(state(2, 1, [slow]))).toBe("");
});
