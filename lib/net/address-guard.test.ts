import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { guardedLookup, isForbiddenAddress, isForbiddenLiteral, parseAllowList } from "./address-guard.ts";

describe("T10: addresses that no stranger may make Portico call", () => {
  const refused = [
    ["loopback", "127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "[::1]"],
    ["unspecified", "0.0.0.0", "::", "0"],
    ["private", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    ["link-local and metadata", "169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "168.63.129.16"],
    ["carrier-grade NAT", "100.64.0.1", "100.100.100.200"],
    ["multicast, reserved, broadcast", "224.0.0.1", "ff02::1", "240.0.0.1", "255.255.255.255"],
    ["unique local", "fc00::1", "fd12:3456::1"],
    ["IPv4-mapped", "::ffff:10.0.0.1", "::ffff:7f00:1", "::FFFF:169.254.169.254"],
    [
      "IPv4 inside IPv6",
      "64:ff9b::7f00:1",
      "64:ff9b::8.8.8.8",
      "64:ff9b:1::1",
      "2002:7f00:1::",
      "2001:0:1::",
      "::7f00:1",
    ],
    ["decimal, hexadecimal, octal, short", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "017700000001"],
    ["not an address", "", "example.com", "1.2.3.4.5", "nonsense"],
  ];
  for (const [name, ...addresses] of refused) {
    it(`refuses ${name}`, () => {
      for (const address of addresses) expect(isForbiddenAddress(address, []), address).toBe(true);
    });
  }

  it("lets public addresses pass", () => {
    for (const address of ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]) {
      expect(isForbiddenAddress(address, []), address).toBe(false);
    }
  });

  it("lets the operator's list open exactly what it names, in every notation", () => {
    const allow = parseAllowList(" 127.0.0.0/8, ::1/128,10.0.0.7 ");
    for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "2130706433", "10.0.0.7"]) {
      expect(isForbiddenAddress(address, allow), address).toBe(false);
    }
    for (const address of ["10.0.0.8", "::2", "169.254.169.254"]) {
      expect(isForbiddenAddress(address, allow), address).toBe(true);
    }
  });

  it("opens an address or a network at one port alone where the list says a port (F9)", () => {
    const allow = parseAllowList("127.0.0.1:4010, [fd00::7]:8443, 10.0.0.0/8:443,[fd01::/16]:9, ::2");
    const open = (address: string, port?: number) => !isForbiddenAddress(address, allow, port);
    for (const [address, port] of [
      ["127.0.0.1", 4010],
      ["::ffff:127.0.0.1", 4010],
      ["0x7f.1", 4010],
      ["fd00::7", 8443],
      ["10.9.8.7", 443],
      ["fd01::1", 9],
      ["::2", 1],
    ] as const) {
      expect(open(address, port), `${address} ${port}`).toBe(true);
    }
    for (const [address, port] of [
      ["127.0.0.1", 8081],
      ["127.0.0.2", 4010],
      ["fd00::7", 443],
      ["10.9.8.7", 80],
      ["fd01::1", undefined],
    ] as const) {
      expect(open(address, port), `${address} ${port}`).toBe(false);
    }
    expect(parseAllowList("none")).toEqual([]);
  });

  it("refuses an allow list with something else in it", () => {
    for (const text of [
      ...["localhost", "10.0.0.0/99", "10.0.0.0/x", "/8", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:70000", "[::1]:x"],
      ...["10.0.0.0/8/8", "[10.0.0.1", "fe80::1%eth0", "localhost:80", ":80"],
    ]) {
      expect(() => parseAllowList(text), text).toThrow();
    }
  });

  it("decides a literal at once and leaves a name to the lookup", () => {
    expect(isForbiddenLiteral("[::1]", [])).toBe(true);
    expect(isForbiddenLiteral("169.254.169.254", [])).toBe(true);
    expect(isForbiddenLiteral("8.8.8.8", [])).toBe(false);
    expect(isForbiddenLiteral("localhost", [])).toBe(false);
  });
});

describe("T11: names are resolved once, and what was checked is what is connected to", () => {
  const ask = (lookup: ReturnType<typeof guardedLookup>, all: boolean) =>
    new Promise((done, fail) => lookup("name.example", { all }, (e, address) => (e ? fail(e) : done(address))));

  it("refuses a name whose addresses are all forbidden", async () => {
    const lookup = guardedLookup([], (_h, _o, done) => done(null, [{ address: "127.0.0.1", family: 4 }]));
    for (const all of [true, false]) {
      await expect(ask(lookup, all)).rejects.toMatchObject({ code: "ADDRESS_FORBIDDEN" });
    }
  });

  it("hands the socket only the addresses that passed", async () => {
    const lookup = guardedLookup([], (_h, _o, done) =>
      done(null, [
        { address: "10.0.0.1", family: 4 },
        { address: "8.8.8.8", family: 4 },
      ]),
    );
    expect(await ask(lookup, true)).toEqual([{ address: "8.8.8.8", family: 4 }]);
    expect(await ask(lookup, false)).toBe("8.8.8.8");
  });

  it("passes the resolver's own failure on", async () => {
    const lookup = guardedLookup([], (_h, _o, done) => done(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []));
    await expect(ask(lookup, true)).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("makes node:http reach a local server by name only when the operator allows it", async () => {
    let calls = 0;
    const server = createServer((_, answer) => {
      calls += 1;
      answer.end("ok");
    });
    await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
    const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
    const call = (allow: string[]) =>
      new Promise<number>((done, fail) =>
        get(url, { lookup: guardedLookup(allow) as never, agent: false }, (r) => {
          r.resume();
          done(r.statusCode ?? 0);
        }).on("error", fail),
      );
    await expect(call([])).rejects.toMatchObject({ code: "ADDRESS_FORBIDDEN" });
    expect(calls).toBe(0);
    expect(await call(["127.0.0.0/8"])).toBe(200);
    server.close();
  });
});
