import { expect, test } from "vitest";
import { highlight, type Language } from "./highlight.ts";

const samples: [Language, string][] = [
  ["json", '{\n  "status": 401, "ok": false,\n  "say": "a \\"quoted\\" word"\n}'],
  ["yaml", "openapi: 3.0.3 # version\nservers:\n  - url: '/weather'\n\nx: true"],
  ["shell", 'curl "https://gw/current?zipcode=90210" \\\n  -H "X-IBM-Client-Id: $CLIENT_ID"'],
  ["javascript", "const answer = await fetch(`/current`); // call"],
  ["text", "anything <b>at all</b>"],
];

test.each(samples)("the tokens of %s joined are the text itself", (language, code) => {
  const joined = highlight(code, language)
    .map((line) => line.map((token) => token.text).join(""))
    .join("\n");
  expect(joined).toBe(code);
});

test("a JSON key and a JSON string are told apart", () => {
  const [line] = highlight('"url": "x"', "json");
  expect(line?.filter((token) => token.kind).map((token) => token.kind)).toEqual(["key", "string"]);
});

test("a text too large to colour is shown plain", () => {
  const code = `"${"a".repeat(100_001)}"`;
  expect(highlight(code, "json")).toEqual([[{ text: code }]]);
});
