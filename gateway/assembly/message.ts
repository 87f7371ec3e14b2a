import { HeldFullError } from "#gateway/admission/held-memory.ts";
import type { MemoryLease } from "#gateway/admission/memory-budget.ts";
import { canUnpack, UnpackedTooLargeError, unpack } from "#gateway/admission/unpack.ts";
import { GoneError } from "#gateway/gone-error.ts";
import { isHeaderValue } from "#lib/assembly/message-values.ts";
import { PolicyError, propertyError } from "./policy-error.ts";

/** A body: bytes as they came, or a value that a policy made. Each form is made from the other when it is asked for. */
export class Body {
  #bytes: Buffer | undefined;
  #value: unknown;
  #parsed = false;

  private constructor(bytes: Buffer | undefined, value: unknown, parsed: boolean) {
    this.#bytes = bytes;
    this.#value = value;
    this.#parsed = parsed;
  }

  static bytes = (bytes: Buffer): Body => new Body(bytes, undefined, false);
  static value = (value: unknown): Body => new Body(undefined, value, true);

  bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.text(), "utf8");
    return this.#bytes;
  }

  text(): string {
    if (this.#bytes) return this.#bytes.toString("utf8");
    return typeof this.#value === "string" ? this.#value : (JSON.stringify(this.#value) ?? "");
  }

  /** The JSON value; undefined when the body is no JSON. */
  json(): unknown {
    if (!this.#parsed) {
      this.#parsed = true;
      try {
        this.#value = JSON.parse(this.text());
      } catch {
        this.#value = undefined;
      }
    }
    return this.#value;
  }

  /** As `$(message.body)` of type any: the value where a policy parsed or made it, else the text. */
  any(): unknown {
    return this.#bytes && !this.#parsed ? this.text() : this.#value === undefined ? this.text() : this.#value;
  }

  get length(): number {
    return this.bytes().length;
  }
}

export const EMPTY = Buffer.alloc(0);

interface HeaderField {
  name: string;
  values: string[];
  /** It came with the request: it goes to backends, and never back to the client. */
  fromClient: boolean;
}

const ONE_BYTE = /^[\0-\xff]*$/;

/** A value as it goes on the wire, one character a byte. Node would cut U+010A to a line feed, so it goes as UTF-8. */
export function headerValue(text: string): string {
  if (!isHeaderValue(text)) throw propertyError("a header's value holds a control character");
  return ONE_BYTE.test(text) ? text.trim() : Buffer.from(text, "utf8").toString("latin1").trim();
}

export class Headers {
  readonly #fields = new Map<string, HeaderField>();

  /** Copies name, value, name, … */
  static of(flat: readonly string[], fromClient: boolean): Headers {
    const headers = new Headers();
    for (let i = 0; i < flat.length; i += 2) headers.#append(flat[i] as string, flat[i + 1] as string, fromClient);
    return headers;
  }

  /** Several values joined, as RFC 9110 5.2 reads them; undefined when there is none. */
  get(name: string): string | undefined {
    return this.#fields.get(name.toLowerCase())?.values.join(", ");
  }

  set(name: string, text: string): void {
    this.#fields.set(name.toLowerCase(), { name, values: [headerValue(text)], fromClient: false });
  }

  add(name: string, text: string): void {
    this.#append(name, headerValue(text), false);
  }

  clear(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }

  /** Forgets what came with the request, before the message becomes an answer. */
  dropClient(except: readonly string[] = []): void {
    for (const [lower, { fromClient }] of this.#fields)
      if (fromClient && !except.includes(lower)) this.#fields.delete(lower);
  }

  filter(keep: (name: string) => boolean): void {
    for (const [lower, { name }] of this.#fields) if (!keep(name)) this.#fields.delete(lower);
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    for (const { name, values } of this.#fields.values()) for (const value of values) yield [name, value];
  }

  #append(name: string, value: string, fromClient: boolean): void {
    const lower = name.toLowerCase();
    const known = this.#fields.get(lower);
    if (known) {
      known.values.push(value);
      known.fromClient &&= fromClient;
    } else this.#fields.set(lower, { name, values: [value], fromClient });
  }
}

/** What policies work on: the request until a backend has answered, then the answer. */
export class Message {
  headers: Headers;
  body: Body;
  /** 0: nobody has said. */
  status = 0;
  reason = "";
  /** It holds the gateway's own words for an error, until a policy puts others in place. */
  standsIn = false;

  constructor(headers: Headers, body: Body) {
    this.headers = headers;
    this.body = body;
  }

  /** Decodes a compressed body of at most `bytesMax` (T19). Throws PolicyError, TooLargeError, HeldFullError, GoneError. */
  async decode(bytesMax: number, memory: MemoryLease): Promise<void> {
    const coding = this.headers.get("content-encoding")?.trim().toLowerCase() ?? "";
    if (coding === "" || coding === "identity") return;
    if (!canUnpack(coding))
      throw new PolicyError(["RuntimeError"], `the body's coding ${coding.slice(0, 40)} is not known`);
    const held = memory.part();
    try {
      if (this.body.length > 0) this.body = Body.bytes(await unpack(this.body.bytes(), coding, bytesMax, held));
    } catch (error) {
      held.end();
      if (error instanceof HeldFullError || error instanceof GoneError) throw error;
      throw error instanceof UnpackedTooLargeError
        ? new TooLargeError()
        : new PolicyError(["RuntimeError"], "the body is not compressed as its header says");
    }
    this.headers.clear("content-encoding");
  }

  /** Puts another body in place; what described the old one goes. */
  replaceBody(body: Body): void {
    this.body = body;
    for (const name of ["content-encoding", "content-md5", "digest", "content-digest", "etag"])
      this.headers.clear(name);
    if (this.standsIn) this.headers.clear("content-type");
    this.standsIn = false;
    this.describeBody();
  }

  /** Says what kind of body it is, where nobody has. */
  describeBody(): void {
    if (this.body.length === 0 || this.headers.get("content-type") !== undefined) return;
    const isJson = typeof this.body.any() === "object";
    this.headers.set("Content-Type", isJson ? "application/json" : "text/plain; charset=utf-8");
  }
}

/** Whoever sent it, a body is larger than the gateway holds. */
export class TooLargeError extends Error {}
