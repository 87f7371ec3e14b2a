import { expect, test } from "vitest";
import { readForm } from "./read-form.ts";

const withExecute = (execute: unknown) =>
  JSON.stringify({
    swagger: "2.0",
    info: { title: "A", version: "1" },
    paths: {},
    "x-ibm-configuration": { assembly: { execute } },
  });

test("the policies of an assembly stand in their order, each by its title or its type", () => {
  const execute = [{ "set-variable": { title: "Name the caller" } }, { switch: { case: [] } }, { invoke: null }];
  expect(readForm(withExecute(execute)).policies).toEqual([
    { kind: "set-variable", title: "Name the caller" },
    { kind: "switch", title: "switch" },
    { kind: "invoke", title: "invoke" },
  ]);
});

test.each([[undefined], ["invoke"], [[1, null, {}, { invoke: {}, log: {} }]]])("%j holds no policy", (execute) => {
  expect(readForm(withExecute(execute)).policies).toEqual([]);
});
