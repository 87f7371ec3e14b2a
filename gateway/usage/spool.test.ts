import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Spool } from "./spool.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "portico-spool-"));
  vi.useFakeTimers({ toFake: ["performance", "Date"], now: Date.now() });
  // A process that appends has run for some time.
  vi.advanceTimersByTime(1_000);
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true, force: true });
});

const open = () => new Spool(root, 64 * 1024 * 1024, () => undefined);
const read = async (spool: Spool) => (await spool.read())?.rows.toString();

test("a process that slept past its lease appends to a new folder; the old one is for whoever takes it", async () => {
  const sleeper = open();
  await sleeper.append(Buffer.from("before\n"));
  vi.advanceTimersByTime(11_000);
  await sleeper.append(Buffer.from("after\n"));
  await sleeper.renew();
  const other = open();
  await other.adopt();
  expect(await read(other)).toBe("before\n");
  expect(await read(sleeper)).toBe("after\n");
  await sleeper.adopt();
  expect(await read(sleeper)).toBe("after\n");
});

test("a folder that is renewed is nobody else's, however long its records wait", async () => {
  const owner = open();
  await owner.append(Buffer.from("waits\n"));
  const other = open();
  for (let seconds = 0; seconds < 60; seconds += 1) {
    vi.advanceTimersByTime(1_000);
    await owner.renew();
    await other.adopt();
  }
  expect(other.empty).toBe(true);
  expect(await read(owner)).toBe("waits\n");
});

test("what is released is anybody's at once", async () => {
  const first = open();
  await first.append(Buffer.from("left\n"));
  await first.release();
  const next = open();
  await next.adopt();
  expect(await read(next)).toBe("left\n");
});

test("files of one time after another come back in their order, and an empty spool leaves nothing", async () => {
  const spool = open();
  for (const text of ["1\n", "2\n", "3\n"]) {
    await spool.append(Buffer.from(text));
    const next = await spool.read();
    expect(next?.rows.toString()).toBe(text);
    if (next) await spool.remove(next.file);
    await spool.renew();
  }
  expect(spool.bytes).toBe(0);
  expect(readdirSync(root)).toEqual([]);
});
