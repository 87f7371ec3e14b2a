import { randomUUID } from "node:crypto";
import { validate, version } from "uuid";
import { expect, test } from "vitest";
import { newRequestId, startOf } from "./request-id.ts";

test("a request ID is a UUIDv7 that says when its call began, and no two are the same", () => {
  const ids = Array.from({ length: 5_000 }, (_, i) => newRequestId(1_796_000_000_000 + (i % 7)));
  for (const [i, id] of ids.entries()) {
    expect([validate(id), version(id), startOf(id)?.getTime()]).toEqual([true, 7, 1_796_000_000_000 + (i % 7)]);
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids.map((id) => id[19])).size).toBe(4);
});

test("IDs of the version before say nothing", () => {
  expect(startOf(randomUUID())).toBeUndefined();
});
