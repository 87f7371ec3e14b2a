import { isIPv6 } from "node:net";

/**
 * Whom a budget counts for an address: itself, or its network. One customer has a /64 of IPv6 at least, so that single
 * addresses would be a budget without end.
 */
export function subjectOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16))
    .join(":")}/64`;
}
