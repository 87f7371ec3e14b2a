import { expect, test } from "vitest";
import { passageSentence } from "./passage.sentence.ts";

test("a call that the gateway stopped is one sentence", () => {
  expect(passageSentence({ gateway: { state: "stopped" }, backend: { state: "not-called" }, toGatewayMs: 9 })).toBe(
    "Gateway stopped the call after 9 ms, backend not called.",
  );
});

test("a call that went through says both times", () => {
  expect(
    passageSentence({
      gateway: { state: "reached", note: "4 ms" },
      backend: { state: "reached" },
      toGatewayMs: 9,
      toBackendMs: 71,
    }),
  ).toBe("Gateway reached in 9 ms (4 ms), backend reached in 71 ms.");
});

test("a backend of which nobody knows is not said to be left alone", () => {
  expect(passageSentence({ gateway: { state: "stopped" }, backend: { state: "unknown" }, toGatewayMs: 9 })).toBe(
    "Gateway stopped the call after 9 ms, backend may have been called.",
  );
});
