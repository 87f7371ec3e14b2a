import { type Call, CLIENT_GONE } from "#gateway/call.ts";
import type { GatewayApi, GatewayOperation } from "#gateway/snapshot/model.ts";

/** About 800 calls. */
const BYTES_MAX = 256 * 1024;
/** All of a row but its operation, which nobody bounds: ids, numbers, words of ours. */
const REST_MAX = 600;
const TAB = 9;
const NEWLINE = 10;
const DIGIT_0 = 48;
/** What would be read as the end of a column or row, and NUL, which Postgres has no place for. */
const CONTROL = /[\t\n\r\0]/g;

/** Columns that every call of an operation shares; APIs and operations are replaced, never changed. */
const sharedColumns = new WeakMap<GatewayApi | GatewayOperation, Buffer>();
const NO_API = Buffer.from("\t\t\t\t");

function columnsOf(api: GatewayApi | undefined, operation: GatewayOperation | undefined): Buffer {
  const key = operation ?? api;
  if (!api || !key) return NO_API;
  let columns = sharedColumns.get(key);
  if (!columns) {
    const name = operation?.key.replace(CONTROL, " ") ?? "";
    columns = Buffer.from(`${api.organizationId}\t${api.catalogId}\t${api.apiDefinitionId}\t${name}\t`);
    sharedColumns.set(key, columns);
  }
  return columns;
}

/** "2026-11-22T06:00:00." of the second that was asked for last. */
const second = { at: 0, text: Buffer.alloc(20) };

/**
 * Records of calls that have ended, as the rows that lib/call-record writes: who, what, how it went. No header, no query,
 * no body, no path with its values (S92). A row is written into bytes at once, so that nothing of a call outlives it: no
 * garbage collection copies what only waits to be sent.
 */
export class CallRows {
  readonly #bytes = Buffer.allocUnsafeSlow(BYTES_MAX);
  #end = 0;
  /** Calls. */
  count = 0;
  /** performance.now() of the moment in which no more calls were added. */
  closedAt = 0;

  get isEmpty(): boolean {
    return this.#end === 0;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  clear(): void {
    this.#end = 0;
    this.count = 0;
  }

  /** False when there is no room: nothing was added. */
  add(call: Call, sampled = false): boolean {
    const { credential, refused, res } = call;
    const shared = columnsOf(call.api, call.operation);
    if (this.#end + shared.length + REST_MAX > BYTES_MAX) return false;
    this.#time(call.startedAtMs);
    this.#ascii(call.requestId);
    this.#bytes.set(shared, this.#end);
    this.#end += shared.length;
    this.#ascii(credential?.applicationId ?? "");
    this.#ascii(credential?.id ?? "");
    this.#ascii(call.subscription?.id ?? "");
    this.#ascii(call.req.method ?? "");
    this.#number(res.headersSent ? res.statusCode : CLIENT_GONE);
    this.#ascii(refused?.rendered.code ?? "");
    this.#ascii(refused?.cause ?? "");
    // Microseconds.
    this.#number(Math.round(call.totalMs * 1_000));
    if (call.backendMs < 0) this.#bytes[this.#end++] = TAB;
    else this.#number(Math.round(call.backendMs * 1_000));
    this.#number(call.requestBytes);
    this.#number(call.responseBytes);
    this.#ascii(call.channel);
    if (call.secretAge < 0) this.#bytes[this.#end++] = TAB;
    else this.#number(call.secretAge);
    if (sampled) this.#bytes[this.#end++] = DIGIT_0 + 1;
    this.#bytes[this.#end++] = NEWLINE;
    this.count += 1;
    return true;
  }

  /** Adds a row that is no call's: counts. False when there is no room. */
  addCounts(row: Buffer): boolean {
    if (this.#end + row.length > BYTES_MAX) return false;
    this.#bytes.set(row, this.#end);
    this.#end += row.length;
    return true;
  }

  #time(ms: number): void {
    const at = Math.floor(ms / 1_000);
    if (at !== second.at) {
      second.at = at;
      second.text.write(new Date(at * 1_000).toISOString(), "latin1");
    }
    const bytes = this.#bytes;
    bytes.set(second.text, this.#end);
    this.#end += second.text.length;
    const rest = ms - at * 1_000;
    bytes[this.#end++] = DIGIT_0 + ((rest / 100) | 0);
    bytes[this.#end++] = DIGIT_0 + (((rest / 10) | 0) % 10);
    bytes[this.#end++] = DIGIT_0 + (rest % 10);
    bytes[this.#end++] = 90; // Z
    bytes[this.#end++] = TAB;
  }

  #ascii(text: string): void {
    if (text !== "") this.#end += this.#bytes.write(text, this.#end, "latin1");
    this.#bytes[this.#end++] = TAB;
  }

  /** A whole number, not negative. By hand: a string for each would cost ten times as much. */
  #number(value: number): void {
    if (value > 0x7fff_ffff) {
      this.#ascii(String(value));
      return;
    }
    let width = 1;
    for (let bound = 10; bound <= value; bound *= 10) width += 1;
    let rest = value | 0;
    for (let at = this.#end + width - 1; at >= this.#end; at -= 1) {
      this.#bytes[at] = DIGIT_0 + (rest % 10);
      rest = (rest / 10) | 0;
    }
    this.#end += width;
    this.#bytes[this.#end++] = TAB;
  }
}
