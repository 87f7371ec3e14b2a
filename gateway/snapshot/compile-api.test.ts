import { expect, test } from "vitest";
import { backendRow } from "#lib/test-kit/backend-row.ts";
import { compileApi } from "./compile-api.ts";

const row = (compiled: object, more: object = {}) => ({
  id: "published",
  apiDefinitionId: "definition",
  catalogId: "catalog",
  catalogSlug: "sandbox",
  catalogKind: "sandbox" as const,
  organizationId: "organization",
  pathPrefix: "acme",
  basePath: "/base",
  backend: backendRow("https://backend.example/v1/"),
  ...more,
  compiled: {
    format: 1,
    basePath: "/base",
    enforced: true,
    schemes: { id: { key: "client_id", in: "header", name: "X-Key" } },
    forwardsAuthorization: true,
    operations: [{ key: "get", method: "GET", path: "/x", security: [["id"]] }],
    ...compiled,
  },
});

test.each([
  ["another format", { format: 3 }],
  ["a requirement of a scheme that is not there", { schemes: {} }],
  ["a secret demanded without an ID (S85)", { schemes: { id: { key: "client_secret", in: "header", name: "S" } } }],
  ["an operation without security", { operations: [{ key: "get", method: "GET", path: "/x" }] }],
  ["a method that is none", { operations: [{ key: "get", method: "get it", path: "/x", security: [] }] }],
])("%s is not understood, rather than open (T34)", (_what, compiled) => {
  expect(() => compileApi(row(compiled))).toThrow();
});

test.each([1, 2])("form %i, which an older or this version publishes, is read", (format) => {
  expect(compileApi(row({ format })).operations).toHaveLength(1);
});

test("a backend with a secret that did not open is none, never called without it", () => {
  const api = compileApi(row({}, { backend: null }));
  expect([api.backend, api.passesAuthorization]).toEqual([null, false]);
});

test("a client's Authorization travels only where the gateway sends nothing of its own", () => {
  const signedIn = backendRow("https://backend.example", { authKind: "header", headerName: "X-Key", password: "k" });
  expect(compileApi(row({})).passesAuthorization).toBe(true);
  expect(compileApi(row({}, { backend: signedIn })).passesAuthorization).toBe(false);
});

test("the root is a base path without a name", () => {
  expect(compileApi(row({}, { basePath: "/" })).basePath).toBe("");
});
