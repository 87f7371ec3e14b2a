import fc from "fast-check";
import { expect, test } from "vitest";
import type { Call } from "./call.ts";
import { eachParameter, parameterValue } from "./query.ts";
import { compileApi } from "./snapshot/compile-api.ts";
import { backendTarget } from "./upstream/request-headers.ts";

const api = compileApi({
  id: "api",
  apiDefinitionId: "api",
  catalogId: "c",
  catalogSlug: "sandbox",
  catalogKind: "sandbox",
  organizationId: "o",
  pathPrefix: "acme",
  basePath: "/base",
  backend: null,
  compiled: {
    format: 1,
    basePath: "/base",
    enforced: true,
    schemes: {
      id: { key: "client_id", in: "query", name: "client_id" },
      secret: { key: "client_secret", in: "query", name: "client_secret" },
    },
    forwardsAuthorization: false,
    operations: [{ key: "get", method: "GET", path: "/x", security: [["id", "secret"]] }],
  },
});
const forwarded = (query: string): string => {
  const call = { query, pathBelow: "/x", outgoing: undefined } as unknown as Call;
  return backendTarget(call, api, { pathPrefix: "" } as never)
    .slice("/x".length)
    .replace(/^\?/, "");
};
/** A name with some of its characters written as %XX, or + for a space. */
const written = (name: string, mask: number): string =>
  [...name].map((c, i) => ((mask >> (i % 30)) & 1 ? `%${c.charCodeAt(0).toString(16).padStart(2, "0")}` : c)).join("");

const other = fc.stringMatching(/^[a-z0-9%=+._~[\]-]{1,12}$/).filter((text) => !/client/.test(text));
const credential = fc
  .tuple(fc.constantFrom("client_id", "client_secret"), fc.nat(2 ** 30), fc.stringMatching(/^[a-z0-9]{0,40}$/))
  .map(([name, mask, value]) => ({ secret: `${written(name, mask)}=${value}` }));

test("credentials leave a query however their names are written, and every other byte stays where it was (T8)", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(other, credential), { maxLength: 8 }), (parts) => {
      const query = parts.map((part) => (typeof part === "string" ? part : part.secret)).join("&");
      const kept = parts.filter((part) => typeof part === "string").join("&");
      expect(forwarded(query)).toBe(kept);
    }),
    { numRuns: 2_000 },
  );
});

test("any names and values come back from the query that they were put into", () => {
  const pairs = fc.array(fc.tuple(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "grapheme" })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(pairs, (given) => {
      const wellFormed = given.map(([name, value]): [string, string] => [name.toWellFormed(), value.toWellFormed()]);
      const read: [string, string][] = [];
      eachParameter(new URLSearchParams(wellFormed).toString(), (name, text) =>
        read.push([name, parameterValue(text)]),
      );
      expect(read).toEqual(wellFormed);
    }),
  );
});
