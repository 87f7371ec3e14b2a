import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { takeLock, withLock } from "./lock-file.ts";

const directory = mkdtempSync(join(tmpdir(), "portico-lock-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const module = JSON.stringify(join(import.meta.dirname, "lock-file.ts"));

/** A process that takes the lock, notes a child of its own, says so, and stays. Answers both. */
async function holder(path: string) {
  const program = `
    const { takeLock } = await import(${module});
    const { spawn } = await import("node:child_process");
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    takeLock(${JSON.stringify(path)}).lock.add(child.pid);
    process.send(child.pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [grandchild] = await once(child, "message");
  return { child, grandchild: grandchild as number };
}

test("a lock that a live process holds is not taken; one whose holder was killed is, with the children left over", async () => {
  const path = join(directory, "held");
  const { child, grandchild } = await holder(path);
  expect(takeLock(path)).toEqual({ heldBy: child.pid });
  child.kill("SIGKILL");
  await once(child, "exit");
  const taken = takeLock(path);
  process.kill(grandchild, "SIGKILL");
  expect("leftOver" in taken && taken.leftOver.map((mark) => mark.pid)).toEqual([grandchild]);
  if ("lock" in taken) taken.lock.release();
});

test("work under one lock never overlaps", async () => {
  const path = join(directory, "turns");
  const order: string[] = [];
  let go = () => {};
  const first = withLock(path, async () => {
    order.push("first starts");
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    order.push("first ends");
  });
  const second = withLock(path, async () => void order.push("second"));
  go();
  await Promise.all([first, second]);
  expect(order).toEqual(["first starts", "first ends", "second"]);
});
