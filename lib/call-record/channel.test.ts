import { expect, test } from "vitest";
import { readChannel, sayChannel } from "./channel.ts";

const NOW = 1_800_000_000_000;

test("only the installation says by which channel a call comes, and for a minute", () => {
  const said = sayChannel("explore", NOW);
  expect(readChannel(said, NOW + 60_000)).toBe("explore");
  expect(readChannel(said, NOW + 60_001)).toBe("http");
  for (const forged of [
    said.replace("explore", "test"),
    `${said}a`,
    said.slice(0, -1),
    "explore",
    "",
    "a".repeat(8_000),
  ])
    expect(readChannel(forged, NOW)).toBe("http");
});
