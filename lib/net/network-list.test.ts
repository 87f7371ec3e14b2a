import { expect, test } from "vitest";
import { NetworkList, networkProblem } from "./network-list.ts";

test.each([
  ["192.0.2.7", "192.0.2.7", true],
  ["192.0.2.7", "192.0.2.8", false],
  ["192.0.2.0/24", "192.0.2.255", true],
  ["192.0.2.0/24", "192.0.3.0", false],
  ["192.0.2.77/24", "192.0.2.1", true],
  ["0.0.0.0/0", "203.0.113.9", true],
  ["0.0.0.0/0", "2001:db8::1", false],
  ["2001:db8::/32", "2001:db8:ffff::1", true],
  ["2001:db8::/32", "2001:db9::1", false],
  ["2001:0DB8::1", "2001:db8:0:0::1", true],
  ["::ffff:10.0.0.0/104", "10.255.0.1", true],
  ["10.0.0.0/8", "unknown", false],
  ["10.0.0.0/8", "", false],
])("%s holds %s: %s", (entry, address, held) => {
  expect(new NetworkList([entry]).has(address)).toBe(held);
});

test.each([
  "",
  "10.0.0",
  "10.0.0.0/33",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "10.0.0.0/-1",
  "010.0.0.1",
  "::1/129",
  "fe80::1%eth0",
  "host.example",
])("%j is refused with its reason", (entry) => {
  expect(networkProblem(entry)).toContain(`"${entry}"`);
  expect(() => new NetworkList([entry])).toThrow();
});

test("an empty list holds nobody", () => {
  expect(new NetworkList([]).has("127.0.0.1")).toBe(false);
});
