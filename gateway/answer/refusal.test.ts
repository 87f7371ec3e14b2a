import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { publicCode, type Refusal, refusals } from "#lib/errors/refusals.ts";
import { bodyOf, refuse } from "./refusal.ts";

const names = Object.keys(refusals) as Refusal[];

test("the table in gateway/README.md and the catalogue hold the same refusals, in both directions", () => {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const listed = [...text.matchAll(/^\| `(\w+)` +\| (\d{3}) +\| `(\w+)` +\| (.+?) +\|$/gm)].map((row) =>
    row.slice(1, 5).join(" "),
  );
  const wanted = names.map((name) => [name, refusals[name].status, publicCode(name), refusals[name].detail].join(" "));
  expect(listed.sort()).toEqual(wanted.sort());
});

test.each(names)("%s is rendered with its exact length and never cached", (name) => {
  const refused = refuse(name);
  const requestId = "0d6f4f5e-0f4c-4b52-9a55-0123456789ab";
  const body = bodyOf(refused, requestId);
  expect(JSON.parse(body)).toMatchObject({ status: refusals[name].status, code: publicCode(name), requestId });
  const { headers } = refused.rendered;
  expect(headers[headers.indexOf("Content-Length") + 1]).toBe(String(Buffer.byteLength(body)));
  expect(headers[headers.indexOf("Cache-Control") + 1]).toBe("no-store");
});
