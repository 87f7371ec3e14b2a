import { readFileSync } from "node:fs";

/** A process, told apart from a later one with the same number by its start time (Linux; elsewhere the number alone). */
export interface ProcessMark {
  pid: number;
  startedAt: string;
}

function startTime(pid: number): string {
  try {
    // Field 22 of /proc/<pid>/stat; the second field, the name, may itself hold spaces and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

export const markOf = (pid: number): ProcessMark => ({ pid, startedAt: startTime(pid) });

/** Whether the very process of a mark still runs. */
export function isRunning(mark: ProcessMark): boolean {
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return startTime(mark.pid) === mark.startedAt;
}

/** Waits until the processes have ended; those that have not after `patienceMs` are killed. */
export async function untilEnded(marks: ProcessMark[], patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (const mark of marks) {
    while (isRunning(mark) && Date.now() < deadline) await new Promise((go) => setTimeout(go, 50));
    if (!isRunning(mark)) continue;
    try {
      process.kill(mark.pid, "SIGKILL");
    } catch {
      // It ended this moment, or it is not ours to kill: then its port check says so.
    }
  }
}
