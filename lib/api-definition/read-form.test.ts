import { expect, test } from "vitest";
import { applyFormEdit } from "./form-edits.ts";
import { newDefinition } from "./new-definition.ts";
import { readForm } from "./read-form.ts";

const configured = (configuration: object) =>
  JSON.stringify({
    swagger: "2.0",
    info: { title: "A", version: "1" },
    paths: {},
    "x-ibm-configuration": configuration,
  });

test("a new API answers browsers of other origins, and the form switches that off and on again", () => {
  const source = newDefinition({ title: "Weather", basePath: "/weather" });
  expect(readForm(source).cors).toBe(true);
  const off = applyFormEdit(source, { kind: "cors", enabled: false });
  expect([readForm(off).cors, off.includes("enabled: false")]).toEqual([false, true]);
  expect(applyFormEdit(off, { kind: "cors", enabled: true })).toBe(source);
});

test("a definition that says nothing of CORS is left as it is, until somebody switches it on", () => {
  const source = configured({});
  expect(readForm(source).cors).toBe(false);
  expect(applyFormEdit(source, { kind: "cors", enabled: false })).toBe(source);
  expect(readForm(applyFormEdit(source, { kind: "cors", enabled: true })).cors).toBe(true);
});

test("a form of a definition without an assembly has an empty one", () => {
  expect(readForm(configured({})).assembly).toEqual({ execute: [], catches: [], finally: [] });
});
