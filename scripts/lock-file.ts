import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
