import { expect, test } from "vitest";
import { paths, readApiSegment } from "#lib/paths.ts";
import { addressSlug, byPrecedence } from "./api-address.rules.ts";

/** Versions in the order of their first publish. */
const ordered = (...versions: string[]) =>
  versions
    .map((version, day) => ({ id: `id-${day}`, version, firstPublishedAt: new Date(2026, 0, day + 1) }))
    .sort(byPrecedence)
    .map((row) => row.version);

test("versions stand by semver precedence: numbers as numbers, a pre-release below its release, builds by first publish (F52)", () => {
  expect(ordered("1.9.0", "1.10.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.2.0")).toEqual([
    ...["1.10.0", "1.10.0-rc.10", "1.10.0-rc.2", "1.9.0", "1.2.0"],
  ]);
  expect(ordered("1.0.0+build.9", "1.0.0+build.10", "1.0.0+a")).toEqual(["1.0.0+a", "1.0.0+build.10", "1.0.0+build.9"]);
});

test("versions that are no semver follow by their first publish, the latest first (F52)", () => {
  expect(ordered("spring", "2.0", "autumn")).toEqual(["autumn", "2.0", "spring"]);
  expect(ordered("1.0.0", "2099-01", "0.9.0")).toEqual(["1.0.0", "0.9.0", "2099-01"]);
});

test("two titles beyond Latin letters are two slugs; a number that tells drafts apart stays (F52)", () => {
  expect(addressSlug({ title: "Weather Provider API", name: "weather-provider-api" })).toBe("weather-provider-api");
  expect(addressSlug({ title: "Weather", name: "weather-2" })).toBe("weather-2");
  expect(addressSlug({ title: "Café", name: "cafe" })).toBe("cafe");
  expect(addressSlug({ title: "汇率", name: "api" })).toBe("汇率");
  expect(addressSlug({ title: "天气 API", name: "api-2" })).toBe("天气-api-2");
  expect(addressSlug({ title: "हिन्दी API", name: "api" })).toBe("हिन्दी-api");
  expect(addressSlug({ title: "!!!", name: "api" })).toBe("api");
});

test("every version survives the way into an address of Explore and back (F52)", () => {
  for (const version of ["1.0.0+build.5", "2 beta", "50%", "1/0", "1%2F0", "größe", "~1", "a@b", "..", "it's (1)*!"]) {
    const address = paths.exploreApi({ organization: "acme", catalog: "sandbox", api: "weather", version });
    expect(address).toMatch(/^\/explore\/acme\/sandbox\/weather@[\w.~-]+$/);
    const segment = address.slice(address.lastIndexOf("/") + 1);
    expect(readApiSegment(decodeURIComponent(segment))).toEqual({ api: "weather", version });
  }
});
