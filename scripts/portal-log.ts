import { format, stripVTControlCharacters } from "node:util";

// Loaded into the portal (`node --import`). Next writes bare text to the console, also of what a stranger sends (bodies
// that are too long, actions that do not exist), where every line of the log is to be one JSON object (F68). So the
// console writes lines like lib/log.ts, cut, and only so many of a kind: nobody fills the disk by asking for them.

const LEVELS = { debug: 20, log: 30, info: 30, warn: 40, error: 50 } as const;
const THRESHOLDS: Record<string, number> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, silent: 100 };
const TEXT_MAX = 2_000;
/** Lines that begin alike, and lines in all, within a minute. */
const ALIKE_MAX = 10;
const ALL_MAX = 200;
const ALIKE_LENGTH = 40;
const WINDOW_MS = 60_000;

const threshold = THRESHOLDS[process.env.LOG_LEVEL ?? "info"] ?? 30;
let window = { until: 0, all: 0, alike: new Map<string, number>(), leftOut: 0 };

const line = (level: number, msg: string, rest: object = {}): void => {
  process.stdout.write(
    `${JSON.stringify({ level, time: Date.now(), pid: process.pid, ...rest, from: "next", msg })}\n`,
  );
};

function write(level: number, args: unknown[]): void {
  const msg = stripVTControlCharacters(format(...args))
    .trim()
    .slice(0, TEXT_MAX);
  if (msg === "" || level < threshold) return;
  const now = Date.now();
  if (window.until <= now) {
    if (window.leftOut > 0) line(40, "lines like those before were left out", { leftOut: window.leftOut });
    window = { until: now + WINDOW_MS, all: 0, alike: new Map(), leftOut: 0 };
  }
  const kind = msg.slice(0, ALIKE_LENGTH);
  const alike = window.alike.get(kind) ?? 0;
  if (alike >= ALIKE_MAX || window.all >= ALL_MAX) {
    window.leftOut += 1;
    return;
  }
  window.alike.set(kind, alike + 1);
  window.all += 1;
  line(level, msg);
}

for (const [method, level] of Object.entries(LEVELS)) {
  console[method as keyof typeof LEVELS] = (...args: unknown[]) => write(level, args);
}
process.removeAllListeners("warning").on("warning", ({ name, message }) => {
  write(name === "DeprecationWarning" ? LEVELS.debug : LEVELS.warn, [`${name}: ${message}`]);
});
