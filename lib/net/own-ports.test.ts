import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { readSettings as read } from "#lib/env.ts";
import { isForbiddenAddress, parseAllowList } from "./address-guard.ts";
import { checkBackendAddress } from "./backend-address.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { OwnListeners } from "./own-ports.ts";

const readSettings = (source: Partial<Record<string, string>>) => read(source as NodeJS.ProcessEnv);
const everything = parseAllowList("0.0.0.0/0,::/0");
const settings = readSettings({
  PORT: "3000",
  GATEWAY_PORT: "8080",
  GATEWAY_ADMIN_PORT: "8081",
  DATABASE_URL: "postgres://u:p@localhost/portico",
  REDIS_URL: "redis://10.0.0.9:6380/1",
});

describe("Portico's own ports", () => {
  it("are no backends, whatever the operator's list says and however the address is written (F9)", () => {
    const own = new OwnListeners(settings);
    const outer = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
    for (const address of [
      "127.0.0.1",
      "127.9.9.9",
      "::1",
      "0.0.0.0",
      "::",
      "::ffff:127.0.0.1",
      "2130706433",
      ...outer,
    ]) {
      for (const port of [3000, 8080, 8081, 5432]) {
        expect(isForbiddenAddress(address, everything, port, own), `${address} ${port}`).toBe(true);
      }
      expect(isForbiddenAddress(address, everything, 4010, own)).toBe(false);
    }
    expect(isForbiddenAddress("10.0.0.9", everything, 6380, own)).toBe(true);
    expect(isForbiddenAddress("10.0.0.9", everything, 443, own)).toBe(false);
    expect(isForbiddenAddress("127.0.0.1", everything, 6380, own)).toBe(false);
  });

  it("are refused when a backend is saved, by name too, and when a definition is fetched (F9)", async () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]", "0x7f.1"]) {
      for (const port of [3000, 8080, 8081]) {
        await expect(checkBackendAddress(`http://${host}:${port}/metrics`), `${host}:${port}`).rejects.toMatchObject({
          code: "INPUT_INVALID",
        });
        await expect(guardedFetch(`http://${host}:${port}/metrics`)).rejects.toMatchObject({ code: "FETCH_FAILED" });
      }
    }
  });
});

describe("what may be reached beyond the public", () => {
  const lists = (source: Partial<Record<string, string>>) => {
    const { BACKEND_ALLOW, IMPORT_ALLOW } = readSettings(source);
    return [parseAllowList(BACKEND_ALLOW), parseAllowList(IMPORT_ALLOW)];
  };

  it("is loopback while portal and gateway both name this machine, and nothing otherwise (F9)", () => {
    const loopback = ["127.0.0.0/8", "::1/128"];
    for (const source of [
      {},
      { PORTAL_URL: "http://127.0.0.1:3000", GATEWAY_URL: "http://[::1]:8080" },
      { PORTAL_URL: "http://localhost", GATEWAY_URL: "https://127.9.9.9" },
    ]) {
      expect(lists(source), JSON.stringify(source)).toEqual([loopback, loopback]);
    }
    for (const source of [
      { PORTAL_URL: "https://portal.example.com" },
      { GATEWAY_URL: "https://api.example.com" },
      { GATEWAY_URL: "http://192.168.1.7:8080" },
      { PORTAL_URL: "http://localhost.example.com" },
      { PORTAL_URL: "http://127.0.0.1.example.com" },
    ]) {
      expect(lists(source), JSON.stringify(source)).toEqual([[], []]);
    }
    expect(lists({ BACKEND_ALLOW: "10.0.0.7:443", IMPORT_ALLOW: "none" })).toEqual([["10.0.0.7:443"], []]);
    expect(() => readSettings({ IMPORT_ALLOW: "localhost" })).toThrow(/^IMPORT_ALLOW: "localhost" is not/);
  });

  it("is said by a refusal with the setting that would allow it (F9)", async () => {
    const words = (call: Promise<unknown>) => call.catch((error) => error.detail);
    expect(await words(checkBackendAddress("http://10.0.0.7:9000/v1"))).toMatch(/BACKEND_ALLOW=10\.0\.0\.7:9000$/);
    expect(await words(checkBackendAddress("https://[fd00::7]/"))).toMatch(/BACKEND_ALLOW=\[fd00::7\]:443$/);
    expect(await words(guardedFetch("https://10.0.0.7:8443/a.yaml"))).toMatch(/IMPORT_ALLOW=10\.0\.0\.7:8443$/);
    expect(await words(guardedFetch("http://8.8.8.8/a.yaml"))).toMatch(/IMPORT_ALLOW=8\.8\.8\.8:80$/);
  });
});
