import { randomFillSync } from "node:crypto";

/** Random bytes of one ID. */
const RANDOM = 10;
const IDS_AT_ONCE = 256;
const random = Buffer.alloc(RANDOM * IDS_AT_ONCE);
let at = random.length;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
/** The same for the variant's byte: 10xx xxxx. */
const VARIANT = Array.from({ length: 256 }, (_, byte) => HEX[(byte & 0x3f) | 0x80]);
const VERSION = Array.from({ length: 16 }, (_, half) => `-7${half.toString(16)}`);

/** The time of the ID that was made last, as it stands in front of it. */
let last = { ms: -1, text: "" };

function timeOf(ms: number): string {
  if (ms !== last.ms) {
    const hex = ms.toString(16).padStart(12, "0");
    last = { ms, text: `${hex.slice(0, 8)}-${hex.slice(8)}` };
  }
  return last.text;
}

/**
 * The ID of a call that began then: UUIDv7 (RFC 9562 5.7), so that it says which day's partition has its record. 74 of
 * its bits are random. Made by hand for every call: it costs no more than `randomUUID` does.
 */
export function newRequestId(startedAtMs: number): string {
  if (at === random.length) {
    randomFillSync(random);
    at = 0;
  }
  const i = at;
  at += RANDOM;
  return (
    timeOf(startedAtMs) +
    VERSION[(random[i] as number) & 0x0f] +
    HEX[random[i + 1] as number] +
    "-" +
    VARIANT[random[i + 2] as number] +
    HEX[random[i + 3] as number] +
    "-" +
    HEX[random[i + 4] as number] +
    HEX[random[i + 5] as number] +
    HEX[random[i + 6] as number] +
    HEX[random[i + 7] as number] +
    HEX[random[i + 8] as number] +
    HEX[random[i + 9] as number]
  );
}

const V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i;

/** When the call of a request ID began; undefined for an ID that does not say: those of the version before were random. */
export function startOf(requestId: string): Date | undefined {
  const [, high = "", low = ""] = V7.exec(requestId) ?? [];
  return high === "" ? undefined : new Date(Number.parseInt(high + low, 16));
}
