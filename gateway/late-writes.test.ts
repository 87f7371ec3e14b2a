import { expect, test } from "vitest";
import { writeLate } from "./late-writes.ts";

const turnEnds = () => new Promise((done) => setImmediate(done));

test("what is written late is written in order at the end of the turn, and what comes of it in the next", async () => {
  const written: string[] = [];
  writeLate({
    writeNow() {
      written.push("first");
      writeLate({ writeNow: () => void written.push("third") });
    },
  });
  writeLate({ writeNow: () => void written.push("second") });
  expect(written).toEqual([]);
  await turnEnds();
  expect(written).toEqual(["first", "second"]);
  await turnEnds();
  expect(written).toEqual(["first", "second", "third"]);
});

test("one that fails does not keep the others from being written (T34)", async () => {
  const written: string[] = [];
  writeLate({
    writeNow() {
      throw new Error("cannot");
    },
  });
  writeLate({ writeNow: () => void written.push("other") });
  await turnEnds();
  expect(written).toEqual(["other"]);
});
