import { expect, test } from "vitest";
import { backendRow } from "#lib/test-kit/backend-row.ts";
import { compileBackend } from "./compile-backend.ts";

const HTTPS = "https://backend.example/v1/";
const identity = { certificate: "certificate", key: "key" };

test("the address of the backend is taken apart once", () => {
  const { endpoint, pathPrefix, host } = compileBackend(backendRow(HTTPS));
  expect({ ...endpoint, pathPrefix, host }).toMatchObject({
    origin: "https://backend.example",
    hostname: "backend.example",
    port: 443,
    pathPrefix: "/v1",
    host: "backend.example",
  });
  expect(compileBackend(backendRow("http://[::1]:4010")).endpoint).toMatchObject({
    hostname: "::1",
    port: 4010,
    tls: null,
  });
});

test("what another backend must not share makes another endpoint, and everything else shares connections", () => {
  const key = (more: Parameters<typeof backendRow>[1], url = HTTPS) =>
    compileBackend(backendRow(url, more)).endpoint.key;
  const own = [
    key({}),
    key({}, "https://other.example"),
    key({ identity }),
    key({ identity: { ...identity, key: "renewed" } }),
    key({ authorities: "authority" }),
    key({ serverName: "inner" }),
    key({ connectTimeoutMs: 100 }),
  ];
  expect(new Set(own).size).toBe(own.length);
  expect(key({ authKind: "basic", username: "u", password: "p", responseTimeoutMs: 1_000 })).toBe(key({}));
  expect(key({}, "https://backend.example/v2")).toBe(key({}));
});

test("T39: a name of a pool or token shows no secret", () => {
  const oauth = { authKind: "oauth", username: "id", password: "s3cret", tokenUrl: "https://token.example/t" } as const;
  const { endpoint, credentials } = compileBackend(backendRow(HTTPS, { ...oauth, identity }));
  expect(endpoint.key + credentials?.key).not.toMatch(/s3cret|certificate/);
});

test("T39: a certificate for an address without TLS is not understood, rather than left out", () => {
  expect(() => compileBackend(backendRow("http://backend.example", { identity }))).toThrow();
  expect(() => compileBackend(backendRow("http://backend.example", { authorities: "authority" }))).toThrow();
  expect(() => compileBackend(backendRow("ftp://backend.example"))).toThrow();
});

test("the pair for a token is form-encoded before it is joined (RFC 6749 2.3.1), or stands in the body", () => {
  const oauth = {
    authKind: "oauth",
    username: "a b",
    password: "p:&\u00e4",
    tokenUrl: "https://token.example/t",
    tokenScope: "read write",
  } as const;
  const basic = compileBackend(backendRow(HTTPS, oauth)).credentials;
  expect(basic).toMatchObject({ path: "/t", body: "grant_type=client_credentials&scope=read+write" });
  const pair = Buffer.from(basic?.authorization?.replace("Basic ", "") ?? "", "base64").toString();
  expect(pair).toBe("a+b:p%3A%26%C3%A4");
  expect(compileBackend(backendRow(HTTPS, { ...oauth, tokenAuthStyle: "body" })).credentials).toMatchObject({
    authorization: null,
    body: "grant_type=client_credentials&scope=read+write&client_id=a+b&client_secret=p%3A%26%C3%A4",
  });
});
