import { execFileSync } from "node:child_process";
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LineFile } from "./line-file.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "portico-lines-"));
  path = join(directory, "access.log");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const text = (name = path) => readFileSync(name, { encoding: "utf8", flag: "a+" });

test("lines are appended in order, for the owner's eyes alone", async () => {
  const file = new LineFile(path);
  for (let i = 0; i < 1_000; i += 1) file.add(`${i}\n`);
  await file.stop();
  expect(text().trimEnd().split("\n").map(Number)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(file.lost).toBe(0);
});

test.each([
  ["moved away", () => renameSync(path, `${path}.1`)],
  ["removed", () => rmSync(path)],
])("a log that was %s is made anew with the next line (F12)", async (what, rotate) => {
  const file = new LineFile(path);
  file.add("before\n");
  await expect.poll(() => text()).toBe("before\n");
  rotate();
  file.add("after\n");
  await expect.poll(() => text()).toBe("after\n");
  if (what === "moved away") expect(text(`${path}.1`)).toBe("before\n");
  await file.stop();
});

test("two processes whose log is moved away go on in the same new one (F12)", async () => {
  const files = [new LineFile(path), new LineFile(path)];
  for (const file of files) file.add("before\n");
  await expect.poll(() => text()).toBe("before\nbefore\n");
  renameSync(path, `${path}.1`);
  for (const file of files) file.add("after\n");
  await Promise.all(files.map((file) => file.stop()));
  expect([text(), text(`${path}.1`)]).toEqual(["after\nafter\n", "before\nbefore\n"]);
});

test("what a disk does not take waits, whole and in order, until it does (F12)", async () => {
  // Every write to it says that the disk is full.
  symlinkSync("/dev/full", path);
  const file = new LineFile(path);
  for (let i = 0; i < 100; i += 1) file.add(`${i}\n`);
  await expect.poll(() => file.failing).toBe(true);
  rmSync(path);
  file.reopen();
  await expect.poll(() => text().trimEnd().split("\n").length).toBe(100);
  expect(text().trimEnd().split("\n").map(Number)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect([file.failing, file.lost]).toEqual([false, 0]);
  file.add("and on\n");
  await file.stop();
  expect(text()).toMatch(/\n99\nand on\n$/);
});

test("a folder that comes later is found by itself (F12)", async () => {
  const file = new LineFile(join(directory, "later/access.log"));
  file.add("first\n");
  await expect.poll(() => file.failing).toBe(true);
  mkdirSync(join(directory, "later"));
  // Nobody says so.
  await expect.poll(() => text(join(directory, "later/access.log")), { timeout: 10_000 }).toBe("first\n");
  await file.stop();
});

test("what waits is bounded, and what is past it is counted (F12)", async () => {
  symlinkSync("/dev/full", path);
  const file = new LineFile(path);
  const megabyte = `${"x".repeat(1_023)}\n`.repeat(1_024);
  for (let i = 0; i < 20; i += 1) file.add(megabyte);
  expect(file.lost).toBe(4 * 1_024);
  await file.stop();
  expect(file.lost).toBe(20 * 1_024);
});

/** 400 KB in lines, of which a pipe holds 64 KB. */
const numbered = Array.from({ length: 400 }, (_, i) => `${i} ${"x".repeat(1_000)}\n`);

test("a pipe that nobody reads is told as failing, and its reader gets every line whole when it comes (F12)", async () => {
  execFileSync("mkfifo", [path]);
  const file = new LineFile(path);
  for (const line of numbered) file.add(line);
  await expect.poll(() => file.failing).toBe(true);
  let read = "";
  const reader = createReadStream(path, "utf8").on("data", (text) => {
    read += text;
  });
  await expect.poll(() => read.length, { timeout: 10_000 }).toBe(numbered.join("").length);
  expect([read === numbered.join(""), file.failing, file.lost]).toEqual([true, false, 0]);
  await file.stop();
  reader.destroy();
});

test("a pipe that nobody reads holds up no end, and what is left is counted (F12)", async () => {
  execFileSync("mkfifo", [path]);
  const file = new LineFile(path);
  for (const line of numbered) file.add(line);
  await expect.poll(() => file.failing).toBe(true);
  await file.stop();
  expect(file.lost).toBeGreaterThan(300);
});
