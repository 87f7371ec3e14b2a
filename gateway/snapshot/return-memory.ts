import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Gives back what loading everything left behind: of a million credentials as much again as they take, which V8 would
 * keep for hours. Stops the process for a tenth of a second, so it is for the time before the first call.
 */
export function returnMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect: (options: object) => void = runInNewContext("gc");
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
