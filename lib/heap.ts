import { totalmem } from "node:os";
import { constrainedMemory } from "node:process";

const MB = 1024 * 1024;

/** What this machine, or the container's limit, gives all processes together, MB. */
function memoryMb(): number {
  // 0 or a number beyond the machine's: no limit is set.
  const limit = constrainedMemory();
  return Math.floor((limit > 0 ? Math.min(limit, totalmem()) : totalmem()) / MB);
}

/**
 * Bounds of the JavaScript heaps, MB. Without one, Node lets garbage grow to a share of the machine before it looks:
 * a portal that had been used kept 956 MB of it on 24 GB.
 */
export function heapBounds(gatewayWorkers: number, machineMb = memoryMb()): { portalMb: number; gatewayMb: number } {
  return {
    portalMb: between(machineMb / 16, 384, 768),
    // A million credentials take 192 MB of it, and as much again while a second snapshot is loaded.
    gatewayMb: between(machineMb / 4 / gatewayWorkers, 256, 4096),
  };
}

const between = (wanted: number, least: number, most: number): number =>
  Math.floor(Math.max(least, Math.min(wanted, most)));

/** The flag for a Node process; an operator's own in NODE_OPTIONS wins. */
export function heapFlag(mb: number, nodeOptions = process.env.NODE_OPTIONS ?? ""): string[] {
  return nodeOptions.includes("--max-old-space-size") || nodeOptions.includes("--max_old_space_size")
    ? []
    : [`--max-old-space-size=${mb}`];
}
