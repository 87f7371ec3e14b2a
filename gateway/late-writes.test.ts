import { expect, test } from "vitest";
import { writeLate } from "./late-writes.ts";

const turnEnds = () => new Promise((done) => setImmediate(done));

test("what is written late is written in order at the end of the turn, and what comes of it in the next", async () => {
  const written: string[] = [];
  writeLate(
    {
      writeNow() {
        written.push("first");
        writeLate({ writeNow: () => void written.push("third") }, false);
      },
    },
    false,
  );
  writeLate({ writeNow: () => void written.push("second") }, false);
  expect(written).toEqual([]);
  await turnEnds();
  expect(written).toEqual(["first", "second"]);
  await turnEnds();
  expect(written).toEqual(["first", "second", "third"]);
});

test("one that fails does not keep the others from being written (T34)", async () => {
  const written: string[] = [];
  writeLate(
    {
      writeNow() {
        throw new Error("cannot");
      },
    },
    false,
  );
  writeLate({ writeNow: () => void written.push("other") }, false);
  await turnEnds();
  expect(written).toEqual(["other"]);
});

test("a call that is alone writes at once", () => {
  const written: string[] = [];
  writeLate({ writeNow: () => void written.push("at once") }, true);
  expect(written).toEqual(["at once"]);
});
