import { expect, inject, test } from "vitest";
import { call } from "./kit/client.ts";
import { type FuzzTarget, fuzzRound } from "./kit/fuzz-round.ts";
import { fuzzTarget } from "./kit/fuzz-target.ts";
import { ownFixture } from "./kit/own-fixture.ts";

// The short form of `npm run fuzz`: the same requests each time.

let target: FuzzTarget;
ownFixture(async ({ place, backend }) => {
  target = await fuzzTarget(inject("target"), place, backend);
});

test("mutated requests are answered or cut off, and nothing wrong reaches the backend (T1, T2, T7, T8)", async () => {
  let reached = 0;
  for (let sent = 0; sent < 800; ) {
    sent += await fuzzRound(target, 20_261_122, sent);
    reached += target.backend.calls.length;
  }
  // Changes that leave a request valid go through: a gateway that refused all would be no test.
  expect(reached).toBeGreaterThan(50);
  expect((await call("/nowhere")).status).toBe(404);
}, 120_000);
