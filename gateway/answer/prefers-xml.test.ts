import { expect, test } from "vitest";
import type { Call } from "#gateway/call.ts";
import { headerName } from "#gateway/header-names.ts";
import { prefersXml } from "./prefers-xml.ts";

const asks = (...values: string[]): boolean => {
  const names = ["Host", ...values.map(() => "ACCEPT")].map(headerName);
  const rawHeaders = ["Host", "a", ...values.flatMap((value) => ["ACCEPT", value])];
  return prefersXml({ names, req: { rawHeaders } } as unknown as Call);
};

test.each([
  [[], false],
  [["*/*"], false],
  [["application/json"], false],
  [["application/xml"], true],
  [["TEXT/XML"], true],
  [["application/*"], false],
  [["application/xml, application/json;q=0.9"], true],
  [["application/xml;q=0.5, application/json"], false],
  [["application/xml;q=0.5, */*;q=0.1"], true],
  [["application/xml;q=0, */*"], false],
  [["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], true],
  [["application/problem+json, application/xml"], false],
  [["application/json;q=0.1", "application/xml"], true],
  [["image/svg+xml"], false],
  [["application/xml;q=nonsense"], false],
  [[";;;xml,,,"], false],
] as const)("Accept %j: XML %s", (values, expected) => {
  expect(asks(...values)).toBe(expected);
});
