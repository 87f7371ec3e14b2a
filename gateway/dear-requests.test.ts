import { expect, test, vi } from "vitest";
import { backendRow } from "#lib/test-kit/backend-row.ts";
import { prefersXml } from "./answer/prefers-xml.ts";
import type { Call } from "./call.ts";
import { DROP, headerName, NAME_READ_MAX, PASS } from "./header-names.ts";
import { eachNamed, parameterPattern } from "./query.ts";
import { compileBackend } from "./snapshot/compile-backend.ts";
import { OperationRouter } from "./snapshot/operation-router.ts";

// What somebody who is not known yet may have read, however much he sends. Counts, not times.

test("of an Accept the first 32 ranges are read, in 512 characters, and what they prefer holds (F3)", () => {
  const prefers = (...values: string[]) =>
    prefersXml({
      names: values.map(() => headerName("Accept")),
      req: { rawHeaders: values.flatMap((value) => ["Accept", value]) },
    } as unknown as Call);
  expect(prefers(`application/xml,${"a/b,".repeat(3_700)}`)).toBe(true);
  expect(prefers(`${"a/b,".repeat(3_700)}application/xml`)).toBe(false);
  for (const apart of [",", ", "]) {
    expect(prefers([...Array(31).fill("a/b"), "application/xml"].join(apart))).toBe(true);
    expect(prefers([...Array(32).fill("a/b"), "application/xml"].join(apart))).toBe(false);
  }
  expect(prefers(...Array(31).fill("a/b"), "application/xml")).toBe(true);
  expect(prefers(...Array(32).fill("a/b"), "application/xml")).toBe(false);
  expect(prefers(...Array(9).fill(`a/${"b".repeat(50)}`), "application/xml")).toBe(true);
  expect(prefers(...Array(10).fill(`a/${"b".repeat(50)}`), "application/xml")).toBe(false);
});

test("parameters that hold credentials are found among thousands, in every encoding, and so many at most (F3)", () => {
  const pattern = parameterPattern(["client_id", "a b"]);
  const found = (query: string, most = 16) => {
    const all: string[] = [];
    eachNamed(query, pattern, most, (name, text) => all.push(`${name}|${text}`));
    return all;
  };
  expect(found(`${"&".repeat(7_000)}client_id=1&${"x=1&".repeat(100)}%63lient%5Fid=2&a+b=3&a%20b`)).toEqual([
    ...["client_id|client_id=1", "client_id|%63lient%5Fid=2", "a b|a+b=3", "a b|a%20b"],
  ]);
  expect(found("xclient_id=1&client_idx=1&client%=1&client_id%=1")).toEqual([]);
  expect(found("client_id=x&".repeat(600))).toHaveLength(16);
});

test("a path that is deeper or longer than any template is no operation's and is not decoded, and others are found as before (F3)", () => {
  const operation = (path: string) => ({ key: path, method: "GET", path, security: [] }) as never;
  const router = new OperationRouter([operation("/y/{id}"), operation("/m/{a}.json")], "test");
  const find = (path: string) => router.find("GET", path) !== undefined;
  const decode = vi.spyOn(globalThis, "decodeURIComponent");
  const found = (...paths: string[]) => paths.map(find);
  expect(found(`/y/${"%61".repeat(500)}`, `/y/${"%E6%B1%87".repeat(500)}`, "/m/a.json")).toEqual([true, true, true]);
  expect(found(`/y/${"%61".repeat(501)}`, "/y/a/b")).toEqual([false, false]);
  decode.mockClear();
  // What no template is long or deep enough for costs the same however long it is.
  const dear = [
    `/y/${"%61".repeat(2_600)}`,
    `/${"%61/".repeat(2_000)}x`,
    `/${"a/".repeat(4_000)}x`,
    `/${"/".repeat(7_000)}`,
  ];
  expect(found(...dear)).toEqual([false, false, false, false]);
  expect(dear.map((path) => router.methodsOf(path))).toEqual([[], [], [], []]);
  expect(decode.mock.calls.filter(([text]) => text.length > 500 * 9)).toEqual([]);
  expect(decode.mock.calls.length).toBeLessThanOrEqual(dear.length * 2 * 3);
  decode.mockRestore();
  expect(router.methodsOf("/y/1")).toEqual(["GET"]);
});

test("of a header's name the first 48 characters say what it is, however long it goes on (F3)", () => {
  const kindsOf = (name: string) => [headerName(name).kind, headerName(name).canonical.length];
  const long = "n_".repeat(8_000);
  expect(kindsOf(`X-${long}`)).toEqual([PASS, NAME_READ_MAX]);
  for (const begin of ["X_Forwarded.", "HTTP_X-Goog-Authenticated-", "Remote_"]) {
    expect(kindsOf(begin + long)).toEqual([DROP, NAME_READ_MAX]);
  }
  // Not remembered: a stranger would fill what is.
  expect(headerName(`X-${long}`)).not.toBe(headerName(`X-${long}`));
  expect(headerName("X-Short")).toBe(headerName("X-Short"));
});

test("a header by which we sign in at a backend is ours in every spelling, however long (F3)", () => {
  const header = `X-${"Backend-Key-".repeat(8)}`;
  const backend = compileBackend(
    backendRow("http://127.0.0.1:1", { authKind: "header", headerName: header, password: "p" }),
  );
  expect(backend.signIn[0]).toBe(header);
  for (const spelling of [header, header.toUpperCase(), header.replaceAll("-", "_")]) {
    expect(headerName(spelling).canonical).toBe(backend.ownHeader);
  }
});
