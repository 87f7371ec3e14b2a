import fc from "fast-check";
import { expect, test } from "vitest";
import { toText } from "#lib/assembly/message-values.ts";
import { parsePath, Unreadable } from "#lib/assembly/reference.ts";
import { setAt, valueAt } from "./values.ts";

const key = fc.oneof(
  fc.constantFrom("a", "b", "0", "1", "length", "__proto__", "constructor", "prototype", "toString", "hasOwnProperty"),
  fc.string({ maxLength: 4 }),
);
const path = fc.array(key, { minLength: 1, maxLength: 5 }).map((keys) => keys.join("."));
const json = fc.jsonValue({ maxDepth: 4 });

test("whatever path and value, nothing reaches a prototype, and what is set is read again (T17)", () => {
  fc.assert(
    fc.property(path, json, json, (text, root, value) => {
      let keys: string[];
      try {
        keys = parsePath(text);
      } catch (error) {
        expect(error).toBeInstanceOf(Unreadable);
        return;
      }
      const object = typeof root === "object" && root !== null && !Array.isArray(root) ? root : {};
      setAt(object as Record<string, unknown>, keys, value);
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
      expect(Object.keys(Object.prototype)).toEqual([]);
      const found = valueAt(object, keys);
      if (found !== undefined && !text.includes(".")) expect(found).toEqual(value);
    }),
    { numRuns: 3_000 },
  );
});

test("members of prototypes are not there to be read", () => {
  for (const name of ["constructor", "toString", "__proto__", "length"]) {
    expect(valueAt({}, [name])).toBeUndefined();
    expect(valueAt(JSON.parse("{}"), [name, "name"])).toBeUndefined();
  }
  expect(valueAt([[{ a: 1 }], { a: 2 }, {}], ["a"])).toEqual([[1], 2]);
});

test("a list is not made as long as a caller likes", () => {
  const object = { list: [] as unknown[] };
  setAt(object, ["list", "4000000000"], 1);
  expect(object.list).toHaveLength(0);
});

test("text of anything is text", () => {
  fc.assert(fc.property(json, (value) => typeof toText(value) === "string"));
  expect([toText(undefined), toText(null), toText({ a: 1 }), toText(false)]).toEqual(["", "", '{"a":1}', "false"]);
});
