import { expect, test } from "vitest";
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
  backend: { url: "https://backend.example/v1/", authKind: "none" as const, basic: null },
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
  ["another format", { format: 2 }],
  ["a requirement of a scheme that is not there", { schemes: {} }],
  ["a secret demanded without an ID (S85)", { schemes: { id: { key: "client_secret", in: "header", name: "S" } } }],
  ["an operation without security", { operations: [{ key: "get", method: "GET", path: "/x" }] }],
  ["a method that is none", { operations: [{ key: "get", method: "get it", path: "/x", security: [] }] }],
])("%s is not understood, rather than open (T34)", (_what, compiled) => {
  expect(() => compileApi(row(compiled))).toThrow();
});

test("the address of the backend is taken apart once", () => {
  expect(compileApi(row({})).backend).toEqual({
    origin: "https://backend.example",
    pathPrefix: "/v1",
    host: "backend.example",
    authorization: null,
  });
});

test("a password that did not open leaves no backend, never a call without it", () => {
  const backend = { url: "https://backend.example", authKind: "basic" as const, basic: null };
  const api = compileApi(row({}, { backend }));
  expect([api.backend, api.passesAuthorization]).toEqual([null, false]);
});

test("the root is a base path without a name", () => {
  expect(compileApi(row({}, { basePath: "/" })).basePath).toBe("");
});
