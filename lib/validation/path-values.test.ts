import fc from "fast-check";
import { expect, test } from "vitest";
import { pathPattern, pathValues } from "./path-values.ts";

test.each([
  ["/things/{id}", "/things/5", { id: "5" }],
  ["/maps/{lat},{long}.json", "/maps/48.1,11.5.json", { lat: "48.1", long: "11.5" }],
  ["/Products({key})", "/Products(5)", { key: "5" }],
  ["/jobs/{job-id}:cancel", "/jobs/a:b:cancel", { "job-id": "a:b" }],
  ["/caf%C3%A9/{x}", "/caf%C3%A9/%41%20b", { x: "A b" }],
  ["/x", "/x", {}],
])("%s of %s", (template, path, values) => {
  expect(Object.fromEntries(pathValues(pathPattern(template), path))).toEqual(values);
});

test("any values come back from the path that they were put into, encoded in any way", () => {
  const value = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/[/\p{Cs}]/u.test(text));
  fc.assert(
    fc.property(value, value, (a, b) => {
      const path = `/a/${encodeURIComponent(a)}/b/${encodeURIComponent(b)}`;
      expect([...pathValues(pathPattern("/a/{a}/b/{b}"), path).values()]).toEqual([a, b]);
    }),
  );
});
