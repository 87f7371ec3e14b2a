import { expect, test } from "vitest";
import { prettyJson } from "./pretty-json.ts";

test("numbers and repeated keys are shown as they were sent", () => {
  expect(prettyJson('{"a":12345678901234567890,"a":1.0,"b":[1e3,{}]}')).toBe(
    '{\n  "a": 12345678901234567890,\n  "a": 1.0,\n  "b": [\n    1e3,\n    {}\n  ]\n}',
  );
});

test.each(['{"say":"a \\"quoted\\", [list]: {x}"}', "[]", '"text"', "null", "-1.5e-7", '[[],{"a":[]}]'])(
  "laying out %s changes nothing that JSON means",
  (text) => expect(JSON.parse(prettyJson(text) ?? "")).toEqual(JSON.parse(text)),
);

test("what is not JSON is left to be shown as it is", () => {
  expect(prettyJson('{"a":')).toBeNull();
});
