import { expect, test } from "vitest";
import { shapeOf, wordOf } from "./status.shapes.ts";

test("a green dot means that calls pass, and nothing else gets it", () => {
  expect(["published", "ACTIVE"].map(shapeOf)).toEqual(["passes", "passes"]);
  expect(["pending", "deprecated", "suspended", "revoked", "failed"].map(shapeOf)).not.toContain("passes");
});

test("a state that nobody named promises nothing", () => {
  expect(shapeOf("half_done")).toBe("resting");
});

test("a state is said as a word", () => {
  expect(wordOf("PENDING_APPROVAL")).toBe("Pending approval");
});
