import { isIPv4, isIPv6 } from "node:net";
import { subjectOf } from "./address-subject.ts";

/**
 * The network of an address that strangers are counted by: /24 of IPv4, /48 of IPv6, which is what one customer is given
 * at most. It is no address of a person, and few where somebody has a great many. "" for what is no address.
 */
export function blockOf(address: string): string {
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf("."))}.0/24`;
  if (!isIPv6(address)) return "";
  // "8193:3512:1:0/64", in decimal.
  const groups = subjectOf(address)
    .split(":", 3)
    .map((group) => Number(group).toString(16));
  return `${groups.join(":")}::/48`;
}
