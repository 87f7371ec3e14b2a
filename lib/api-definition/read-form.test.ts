import { expect, test } from "vitest";
import { readForm } from "./read-form.ts";

const configured = (configuration: object) =>
  JSON.stringify({
    swagger: "2.0",
    info: { title: "A", version: "1" },
    paths: {},
    "x-ibm-configuration": configuration,
  });

test("a form of a definition without an assembly has an empty one", () => {
  expect(readForm(configured({})).assembly).toEqual({ execute: [], catches: [], finally: [] });
});
