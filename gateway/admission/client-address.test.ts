import { expect, test } from "vitest";
import type { Call } from "#gateway/call.ts";
import { headerName } from "#gateway/header-names.ts";
import { Admission } from "./admission.ts";
import { noteClient, notePeer } from "./client-address.ts";

const addressOf = (peer: string, trustedProxies: string, ...forwarded: string[]): string => {
  const rawHeaders = forwarded.flatMap((value) => ["x-Forwarded-For", value]);
  const call = {
    holder: null,
    clientAddress: "",
    gateway: { admission: new Admission({ trustedProxies }) },
    req: { rawHeaders, socket: { remoteAddress: peer } },
    names: forwarded.map(() => headerName("x-Forwarded-For")),
  };
  for (const note of [notePeer, noteClient]) expect(note(call as unknown as Call)).toBe(undefined);
  return call.clientAddress;
};

test.each([
  ["no proxy is trusted: the header is not read", "10.0.0.1", "", ["203.0.113.7"], "10.0.0.1"],
  ["the peer is no proxy of ours", "203.0.113.9", "10.0.0.0/8", ["198.51.100.1"], "203.0.113.9"],
  ["one proxy", "10.0.0.1", "10.0.0.0/8", ["203.0.113.7"], "203.0.113.7"],
  [
    "a forged entry stands to the left and is not believed",
    "10.0.0.1",
    "10.0.0.0/8",
    ["10.9.9.9, 203.0.113.7"],
    "203.0.113.7",
  ],
  ["two proxies, two headers", "10.0.0.1", "10.0.0.0/8", ["1.1.1.1, 203.0.113.7", "10.0.0.2"], "203.0.113.7"],
  ["only proxies: the first of them", "10.0.0.1", "10.0.0.0/8", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"],
  ["what is no address ends the reading", "10.0.0.1", "10.0.0.0/8", ["203.0.113.7, unknown, 10.0.0.2"], "10.0.0.2"],
  ["a port, and brackets", "::ffff:10.0.0.1", "10.0.0.0/8", ["203.0.113.7:4711"], "203.0.113.7"],
  ["IPv6 with a port", "fd00::1", "fd00::/8", ["[2001:db8::7]:4711"], "2001:db8::7"],
  ["a mapped address", "10.0.0.1", "10.0.0.0/8", ["::ffff:203.0.113.7"], "203.0.113.7"],
  ["no header at all", "10.0.0.1", "10.0.0.0/8", [], "10.0.0.1"],
  ["an empty one", "10.0.0.1", "10.0.0.0/8", [""], "10.0.0.1"],
])("%s (T7)", (_what, peer, trusted, forwarded, expected) => {
  expect(addressOf(peer, trusted, ...forwarded)).toBe(expected);
});

test("a list of proxies with a wrong entry stops the start", () => {
  expect(() => new Admission({ trustedProxies: "10.0.0.0/33" })).toThrow(/10\.0\.0\.0\/33/);
});
