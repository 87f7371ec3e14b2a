import { expect, test } from "vitest";
import type { TraceMessage, TraceStep } from "#lib/assembly/trace.schema.ts";
import { changesOf } from "./call-trace.tsx";

const message = (over: Partial<TraceMessage> = {}): TraceMessage => ({ status: 0, headers: [], body: null, ...over });
const step = (before: TraceMessage, after: TraceMessage, kind = "set-variable"): TraceStep => ({
  title: "Step",
  kind,
  depth: 0,
  ms: 1,
  before,
  after,
  error: null,
});

test("a policy shows what it changed, and nothing else", () => {
  const before = message({
    status: 201,
    headers: [
      ["A", "1"],
      ["B", "1"],
      ["C", "1"],
    ],
  });
  const after = message({
    status: 200,
    headers: [
      ["a", "1"],
      ["B", "1"],
      ["B", "2"],
    ],
    body: "text",
  });
  expect(changesOf(step(before, after))).toEqual(["status: 200", "b: 1, 2", "c is gone", "body: text"]);
  expect(changesOf(step(before, before))).toEqual([]);
});

test("an answer takes nothing away from the request before it", () => {
  const answer = message({ status: 200, headers: [["B", "1"]] });
  expect(changesOf(step(message({ headers: [["A", "1"]] }), answer))).toEqual(["status: 200", "b: 1"]);
});

test("a policy that holds others leaves it to them", () => {
  expect(changesOf(step(message(), message({ status: 200 }), "switch"))).toEqual([]);
});

test("a long body is cut, an empty one is said to be empty", () => {
  expect(changesOf(step(message(), message({ body: "x".repeat(400) })))[0]).toHaveLength(307);
  expect(changesOf(step(message({ body: "a" }), message({ body: "" })))).toEqual(["body: empty"]);
});
