// What a stranger sends to a server action with the right Origin: how Next's and React's encoding of arguments is got wrong.

export interface Malformed {
  headers: Record<string, string>;
  body: string;
}

const TEXT = { "Content-Type": "text/plain;charset=UTF-8" };
const PARTS = { "Content-Type": "multipart/form-data; boundary=B" };
const text = (body: string): Malformed => ({ headers: TEXT, body });
const parts = (fields: [string, string][]): Malformed => ({
  headers: PARTS,
  body: `${fields
    .map(([name, value]) => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join("")}--B--\r\n`,
});
const repeated = (count: number, of: string): string => Array.from({ length: count }, () => of).join(",");

/** By what is wrong. `id` is that of an action that anybody may call. */
export const malformedActions = (id: string): Record<string, Malformed> => ({
  "nothing at all": text(""),
  "no JSON": text("hello"),
  "arguments that are no list": text("null"),
  "a number": text("5"),
  "no content type": { headers: {}, body: "{" },
  "another content type": { headers: { "Content-Type": "application/x-foo" }, body: "[[[" },
  "a form": { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: "a=b" },
  "bytes that are no UTF-8": text('["\xff\xfe'),
  "deep lists": text("[".repeat(30_000) + "]".repeat(30_000)),
  "deep objects": text(`[${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}]`),
  ...Object.fromEntries(
    ["$F1", "$1", "$Q1", "$W1", "$B1", "$i1", "$l1", "$n1e5", "$1:__proto__:constructor", "$F0"].map((reference) => [
      `the reference ${reference} to nothing`,
      text(`["${reference}"]`),
    ]),
  ),
  "a cycle of two": parts([
    ["0", '["$1"]'],
    ["1", '["$0"]'],
  ]),
  "a cycle behind it": parts([
    ["0", '["$1"]'],
    ["1", '["$2"]'],
    ["2", '["$1"]'],
  ]),
  "a chain of references": parts(Array.from({ length: 90 }, (_, n) => [String(n), `["$${(n + 1).toString(16)}"]`])),
  "a function that is none": parts([
    ["0", '["$F1"]'],
    ["1", `{"id":"${"00".repeat(21)}","bound":null}`],
  ]),
  "a function of ours": parts([
    ["0", '["$F1"]'],
    ["1", `{"id":"${id}","bound":null}`],
  ]),
  "a way into a prototype": parts([
    ["0", '["$1:__proto__:constructor:constructor"]'],
    ["1", "{}"],
  ]),
  "a promise made by hand": parts([
    ["0", '[{"then":"$1:__proto__:then","status":"resolved_model","reason":-1,"value":"{}","_response":{}}]'],
    ["1", '"$@0"'],
  ]),
  "one part a thousand times": parts([
    ["0", `[${repeated(5_000, '"$1"')}]`],
    ["1", '{"a":1}'],
  ]),
  "maps of one part": parts([
    ["0", `[${repeated(5_000, '"$Q1"')}]`],
    ["1", "[[1,2]]"],
  ]),
  "parts without an end": { headers: PARTS, body: parts([["0", "[{}]"]]).body.slice(0, -8) },
  "parts without a boundary": { headers: { "Content-Type": "multipart/form-data" }, body: "x" },
  "no parts": { headers: PARTS, body: "" },
  "parts of something else": { headers: PARTS, body: "junk".repeat(1_000) },
  "a hundred thousand parts": { headers: PARTS, body: `${"--B\r\n\r\n\r\n".repeat(100_000)}--B--\r\n` },
  "a name of 30 KB": parts([
    ["a".repeat(30_000), "1"],
    ["0", "[{}]"],
  ]),
  "half a megabyte of a name": parts([
    ["a".repeat(500_000), "1"],
    ["0", "[{}]"],
  ]),
  "an action of nowhere": { headers: { ...TEXT, "Next-Action": "00".repeat(21) }, body: "[{}]" },
  "an action that is no name": { headers: { ...TEXT, "Next-Action": "__proto__" }, body: "[{}]" },
  "a long action": { headers: { ...TEXT, "Next-Action": "a".repeat(8_000) }, body: "[{}]" },
});
