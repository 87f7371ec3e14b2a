import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Of streamed bodies, as memory that is no longer used, before it is given back. */
const WASTE_BYTES_MAX = 16 * 1024 * 1024;

// V8 looks at objects, and the pieces of a body are small objects with 64 KB outside its heap: it lets 64 MB of them lie
// before it looks (a 1 GB upload grew the process by up to 65 MB). A collection of the young generation frees them.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options: { type: "minor" | "major"; execution?: "async" }) => void;
setFlagsFromString("--no-expose-gc");

let waste = 0;

/** Notes that a piece of a body has passed, in either direction. Takes about a millisecond once in 16 MB. */
export function noteStreamed(bytes: number): void {
  waste += bytes;
  if (waste < WASTE_BYTES_MAX) return;
  waste = 0;
  collect({ type: "minor" });
}

/** Of held bodies. They lived long enough to be old to V8, which looks at what is old when it needs room, and not before. */
const FREED_BYTES_MAX = 32 * 1024 * 1024;
/** After the bodies that end together, and no more often. */
const FREED_MS = 5_000;

let freed = 0;
let timer: NodeJS.Timeout | undefined;

/** Notes that memory of bodies, which was held for a while, is no longer used: so that the process gives it back. */
export function noteFreed(bytes: number): void {
  freed += bytes;
  if (freed < FREED_BYTES_MAX || timer) return;
  timer = setTimeout(() => {
    freed = 0;
    timer = undefined;
    collect({ type: "major", execution: "async" });
  }, FREED_MS).unref();
}
