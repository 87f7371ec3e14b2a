import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { heapBounds, heapFlag } from "./heap.ts";

test("portal and gateway have a bound on every size of machine, and workers share the gateway's (F74)", () => {
  expect(heapBounds(1, 2_048)).toEqual({ portalMb: 384, gatewayMb: 512 });
  expect(heapBounds(1, 8_192)).toEqual({ portalMb: 512, gatewayMb: 2_048 });
  expect(heapBounds(4, 8_192)).toEqual({ portalMb: 512, gatewayMb: 512 });
  expect(heapBounds(1, 1_048_576)).toEqual({ portalMb: 768, gatewayMb: 4_096 });
  const here = heapBounds(2);
  expect(here.portalMb).toBeGreaterThanOrEqual(384);
  expect(here.gatewayMb).toBeGreaterThanOrEqual(256);
});

test("the flag bounds the heap of a process, and an operator's own in NODE_OPTIONS wins (F74)", () => {
  const program = "console.log(require('v8').getHeapStatistics().heap_size_limit / 1048576)";
  const limitMb = Number(execFileSync(process.execPath, [...heapFlag(384, ""), "-e", program]));
  // V8 adds the young generation.
  expect(limitMb).toBeGreaterThanOrEqual(384);
  expect(limitMb).toBeLessThan(384 + 256);
  expect(heapFlag(384, "--trace-warnings --max-old-space-size=2000")).toEqual([]);
  expect(heapFlag(384, "--max_old_space_size=2000")).toEqual([]);
});
