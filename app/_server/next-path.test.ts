import { expect, test } from "vitest";
import { readRefused } from "./next-path.ts";

test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "NO_SUCH_CODE", "", "\u0000"])(
  "the sign-in page says nothing for the code %j, which none is (F61)",
  (refused) => expect(readRefused({ refused })).toBeUndefined(),
);

test("a code of the catalogue is said", () => {
  expect(readRefused({ refused: "TOO_MANY_ATTEMPTS" })).toBe("TOO_MANY_ATTEMPTS");
  expect(readRefused({ refused: ["TOO_MANY_ATTEMPTS", "INTERNAL"] })).toBeUndefined();
});
