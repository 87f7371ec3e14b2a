import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { publicCode, type Refusal, refusals } from "#lib/errors/refusals.ts";
import { bodyOf, refuse, refuseWith, toXml } from "./refusal.ts";

const names = Object.keys(refusals) as Refusal[];

test("the table in gateway/README.md and the catalogue hold the same refusals, in both directions", () => {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const listed = [...text.matchAll(/^\| `(\w+)` +\| (\d{3}) +\| `(\w+)` +\| (.+?) +\|$/gm)].map((row) =>
    row.slice(1, 5).join(" "),
  );
  const wanted = names.map((name) => [name, refusals[name].status, publicCode(name), refusals[name].detail].join(" "));
  expect(listed.sort()).toEqual(wanted.sort());
});

const requestId = "0d6f4f5e-0f4c-4b52-9a55-0123456789ab";

test.each(names)("%s is rendered in both forms with its exact length, and never cached (T38)", (name) => {
  const { rendered } = refuse(name);
  const json = bodyOf(rendered.json, requestId);
  expect(JSON.parse(json)).toMatchObject({ status: refusals[name].status, code: publicCode(name), requestId });
  const xml = bodyOf(toXml(rendered), requestId);
  expect(xml).toContain(`<moreInformation>${refusals[name].detail.replaceAll("'", "&apos;")}</moreInformation>`);
  for (const [form, body] of [
    [rendered.json, json],
    [toXml(rendered), xml],
  ] as const) {
    const { headers } = form;
    expect(headers[headers.indexOf("Content-Length") + 1]).toBe(String(Buffer.byteLength(body)));
    expect(headers[headers.indexOf("Cache-Control") + 1]).toBe("no-store");
    expect(headers.includes("WWW-Authenticate")).toBe(rendered.status === 401);
  }
});

test("what a detail repeats stays text in both forms", () => {
  const detail = 'a "requestId":"\\u0000" <b>&</b>\u0001\ud800 é';
  const { rendered } = refuseWith("REQUEST_INVALID", detail);
  expect(JSON.parse(bodyOf(rendered.json, requestId))).toMatchObject({ detail, requestId });
  const xml = bodyOf(toXml(rendered), requestId);
  expect(xml).toContain("&lt;b&gt;&amp;&lt;/b&gt;\ufffd\ufffd é");
  const { headers } = toXml(rendered);
  expect(headers[headers.indexOf("Content-Length") + 1]).toBe(String(Buffer.byteLength(xml)));
});
