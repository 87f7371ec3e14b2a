import { heldBytesMax, heldMemory } from "#gateway/admission/held-memory.ts";
import type { Call } from "#gateway/call.ts";
import { eachParameter, parameterValue } from "#gateway/query.ts";
import type { GatewayApi } from "#gateway/snapshot/model.ts";
import { clientHeaders } from "#gateway/upstream/request-headers.ts";
import type { CompiledAssembly } from "#lib/assembly/plan.ts";
import { Body, EMPTY, Headers, Message } from "./message.ts";
import type { PolicyError } from "./policy-error.ts";
import { readRequestBody } from "./request-body.ts";
import type { Tracer } from "./trace.ts";

/** One run of an assembly: what its policies read and write. */
export class Context {
  readonly call: Call;
  readonly api: GatewayApi;
  readonly plan: CompiledAssembly;
  readonly tracer: Tracer | undefined;
  /** performance.now() at which the whole assembly is over. */
  readonly deadline: number;
  message: Message;
  /** The body as the client sent it; empty until `openBody`. */
  requestBody = Body.bytes(EMPTY);
  readonly variables = new Map<string, unknown>();
  /** The error that a catch handles. */
  error: PolicyError | undefined;
  /** A backend has answered into the message. */
  answered = false;
  /** The last invoke is left to the step that streams (call.outgoing). */
  streams = false;
  /** Names of headers that `log` never shows, as redact policies said. */
  readonly hidden = new Set<string>();
  #bodyRead = false;
  #query: Map<string, string> | undefined;

  constructor(call: Call, api: GatewayApi, plan: CompiledAssembly, tracer: Tracer | undefined, deadline: number) {
    this.call = call;
    this.api = api;
    this.plan = plan;
    this.tracer = tracer;
    this.deadline = deadline;
    this.message = new Message(Headers.of(clientHeaders(call, api), true), this.requestBody);
  }

  get bodyRead(): boolean {
    return this.#bodyRead;
  }

  /** Reads the request's body, once. Throws TooLargeError, GoneError. */
  async readBody(): Promise<void> {
    if (this.#bodyRead) return;
    this.#bodyRead = true;
    const unread = this.requestBody;
    this.requestBody = Body.bytes(await readRequestBody(this.call));
    if (this.message.body === unread) this.message.body = this.requestBody;
  }

  /** Makes the bodies readable: here, and not compressed. Throws TooLargeError, GoneError, PolicyError. */
  async openBody(): Promise<void> {
    await this.readBody();
    const wasRequest = this.message.body === this.requestBody;
    await this.message.decode(heldBytesMax(this.call.gateway), heldMemory(this.call));
    if (wasRequest) this.requestBody = this.message.body;
  }

  /** A header of the request as it came, credentials too: a policy that names one means it (S94, S98). */
  requestHeader(lower: string): string | undefined {
    const { names, req } = this.call;
    let found: string | undefined;
    for (let i = 0; i < names.length; i += 1) {
      if (names[i]?.lower !== lower) continue;
      const value = req.rawHeaders[i * 2 + 1] as string;
      found = found === undefined ? value : `${found}, ${value}`;
    }
    return found;
  }

  /** A parameter of the path or the query, decoded. */
  parameter(name: string): string | undefined {
    const inPath = pathParameter(this.call.operation?.path ?? "", this.call.pathBelow, name);
    if (inPath !== undefined) return inPath;
    if (!this.#query) {
      const query = new Map<string, string>();
      if (this.call.query !== "") {
        eachParameter(this.call.query, (key, text) => {
          if (!query.has(key)) query.set(key, parameterValue(text));
        });
      }
      this.#query = query;
    }
    return this.#query.get(name);
  }
}

/** The value of `{name}` in a path of the template, decoded. */
function pathParameter(template: string, path: string, name: string): string | undefined {
  const mark = `{${name}}`;
  if (!template.includes(mark)) return undefined;
  const segments = template.split("/");
  const at = segments.findIndex((segment) => segment.includes(mark));
  const [before = "", after = ""] = (segments[at] ?? "").split(mark);
  const segment = path.split("/")[at] ?? "";
  if (!segment.startsWith(before) || !segment.endsWith(after)) return undefined;
  const text = segment.slice(before.length, segment.length - after.length);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
