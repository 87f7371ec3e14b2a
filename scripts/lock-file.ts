import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isRunning, markOf, type ProcessMark } from "./processes.ts";

/** A lock that is the holder's alone, with the children that it has started. */
export interface LockFile {
  /** Notes a child, for a successor to wait for when we are killed. */
  add(pid: number): void;
  release(): void;
}

interface Content extends ProcessMark {
  children: ProcessMark[];
}

/** Someone else holds the lock. */
export interface Held {
  heldBy: number;
}

function read(path: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Content;
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock at `path`, also from a holder that was killed: then the answer lists the children it may have left.
 * Never waits.
 */
export function takeLock(path: string): { lock: LockFile; leftOver: ProcessMark[] } | Held {
  const content: Content = { ...markOf(process.pid), children: [] };
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
  const before = read(path);
  if (before && isRunning(before)) {
    rmSync(draft);
    return { heldBy: before.pid };
  }
  rmSync(path, { force: true });
  try {
    // A link appears whole or not at all, and to one of two contenders only.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return { heldBy: read(path)?.pid ?? 0 };
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const lock: LockFile = {
    add(pid) {
      content.children.push(markOf(pid));
      writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
      renameSync(draft, path);
    },
    release: () => rmSync(path, { force: true }),
  };
  return { lock, leftOver: before?.children.filter(isRunning) ?? [] };
}

/** Does some work under a lock; waits while another process holds it. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    const taken = takeLock(path);
    if ("lock" in taken) {
      try {
        return await work();
      } finally {
        taken.lock.release();
      }
    }
    await new Promise((go) => setTimeout(go, 100));
  }
}
