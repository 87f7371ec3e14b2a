import { expect, test } from "vitest";
import { causes } from "#lib/errors/refusals.ts";
import { type CauseReader, explainCause } from "./cause.rules.ts";

const readers: CauseReader[] = ["caller", "provider"];

test.each(causes)("%s is explained exactly, with what to do next, to each who may know it", (cause) => {
  for (const reader of readers) {
    const text = explainCause(cause, reader);
    const sentences = text.split(/(?<=[.])\s+(?=[A-Z])/);
    expect(sentences.length).toBeGreaterThanOrEqual(2);
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(text).not.toMatch(/undefined|null|please|oops|successfully|!/i);
    expect(text).not.toContain(cause.includes("-") ? cause : "undefined");
  }
});

test("no two causes have the same words", () => {
  for (const reader of readers) {
    expect(new Set(causes.map((cause) => explainCause(cause, reader))).size).toBe(causes.length);
  }
});

test("who cannot mend a backend is not told to, and its provider is", () => {
  for (const cause of causes.filter((c) => c.startsWith("backend-"))) {
    expect(explainCause(cause, "caller")).toMatch(/^.*Your call is fine\. /);
    expect(explainCause(cause, "provider")).not.toContain("Your call");
  }
});
