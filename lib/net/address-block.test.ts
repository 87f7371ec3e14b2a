import { expect, test } from "vitest";
import { blockOf } from "./address-block.ts";

test.each([
  ["192.0.2.77", "192.0.2.0/24"],
  ["2001:db8:ab:1::9", "2001:db8:ab::/48"],
  ["2001:db8::1", "2001:db8:0::/48"],
  ["::1", "0:0:0::/48"],
  ["fe80::1%eth0", "fe80:0:0::/48"],
  ["unknown", ""],
])("%s is counted in %s", (address, block) => expect(blockOf(address)).toBe(block));
