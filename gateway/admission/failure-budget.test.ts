import fc from "fast-check";
import { expect, test } from "vitest";
import { FailureBudget } from "./failure-budget.ts";

function budgetAt() {
  let nowMs = 1_800_000_000_000;
  const budget = new FailureBudget(60, () => new Date(nowMs));
  return {
    budget,
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}
const taken = (budget: FailureBudget, address: string, times: number) =>
  Array.from({ length: times }, () => budget.take(address)).filter(Boolean).length;

test("an address has sixty failures, and one more with each second (T31)", () => {
  const { budget, wait } = budgetAt();
  expect(taken(budget, "192.0.2.1", 100)).toBe(60);
  wait(999);
  expect(taken(budget, "192.0.2.1", 5)).toBe(0);
  wait(1);
  expect(taken(budget, "192.0.2.1", 5)).toBe(1);
  wait(3_600_000);
  expect(taken(budget, "192.0.2.1", 100)).toBe(60);
  expect(taken(budget, "192.0.2.2", 100)).toBe(60);
});

test("one /64 of IPv6 is one address, however it is written, and the next is another", () => {
  const { budget } = budgetAt();
  const same = ["2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::", "2001:0db8:1:2::7"];
  expect(same.reduce((sum, address) => sum + taken(budget, address, 30), 0)).toBe(60);
  expect(taken(budget, "2001:db8:1:3::1", 100)).toBe(60);
  expect(taken(budget, "::1", 100)).toBe(60);
});

test("memory is bounded: the address that failed longest ago is forgotten first", () => {
  const { budget } = budgetAt();
  taken(budget, "oldest", 60);
  for (let i = 0; i < 60_000; i += 1) {
    budget.take(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    if (i % 1_000 === 0) budget.take("busy");
  }
  expect(budget.size).toBe(50_000);
  expect(taken(budget, "oldest", 100)).toBe(60);
  expect(taken(budget, "busy", 60)).toBe(0);
});

test("in any sequence nobody takes more than the bucket and what came back meanwhile", () => {
  const steps = fc.array(fc.record({ waitMs: fc.nat(5_000), tries: fc.nat(80) }), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (sequence) => {
      const { budget, wait } = budgetAt();
      let elapsedMs = 0;
      let passed = 0;
      for (const { waitMs, tries } of sequence) {
        wait(waitMs);
        elapsedMs += waitMs;
        passed += taken(budget, "192.0.2.1", tries);
        expect(passed).toBeLessThanOrEqual(60 + elapsedMs / 1_000);
      }
    }),
  );
});
