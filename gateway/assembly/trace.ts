import type { Call } from "#gateway/call.ts";
import type { GatewayApi } from "#gateway/snapshot/model.ts";
import type { TraceMessage, TraceStep } from "#lib/assembly/trace.schema.ts";
import { readTraceGrant, TRACE_HEADER, type TraceGrant } from "#lib/assembly/trace-grant.ts";
import type { Context } from "./context.ts";
import type { Message } from "./message.ts";
import type { Step } from "./policies/step.ts";
import type { PolicyError } from "./policy-error.ts";

const STEPS_MAX = 200;
/** Characters of a body, and of a header's value. */
const BODY_MAX = 2_000;
const VALUE_MAX = 500;
/** How long a trace waits to be fetched, and how many at most. */
const KEPT_MS = 60_000;
const KEPT_MAX = 200;

const STARS = "********";
/** Names of headers whose values are credentials wherever they come from. */
const SECRET_NAME = /authorization|cookie|secret|token|password|api[-_]?key|client[-_]?id|credential/i;
/** Shorter values would strike out half of a trace. */
const SECRET_LENGTH_MIN = 6;

const kept = new Map<string, { steps: TraceStep[]; untilMs: number }>();

/** Hands a trace over, once. */
export function takeTrace(id: string, nowMs: number): TraceStep[] | undefined {
  const found = kept.get(id);
  kept.delete(id);
  return found && found.untilMs > nowMs ? found.steps : undefined;
}

/** A tracer for a call that carries a grant for this very API and catalog; undefined for every other call. */
export function tracerOf(call: Call, api: GatewayApi): Tracer | undefined {
  const grant = traceGrantOf(call);
  if (grant?.apiDefinitionId !== api.apiDefinitionId || grant.catalogId !== api.catalogId) return undefined;
  return new Tracer(grant.id, secretsOf(call, api));
}

/** The grant that a request carries, if it is one of ours. */
export function traceGrantOf({ names, req }: Call): TraceGrant | undefined {
  const at = names.findIndex(({ lower }) => lower === HEADER);
  return at < 0 ? undefined : readTraceGrant(req.rawHeaders[at * 2 + 1] as string);
}
const HEADER = TRACE_HEADER.toLowerCase();

/** Values that are struck out wherever they turn up (T24). */
function secretsOf({ presented, req, names }: Call, api: GatewayApi): readonly string[] {
  const found = presented.flatMap(({ clientId, clientSecret }) => [clientId, clientSecret ?? ""]);
  names.forEach(({ lower }, i) => {
    if (SECRET_NAME.test(lower) || api.credentialNames.headers.has(lower))
      found.push(req.rawHeaders[i * 2 + 1] as string);
  });
  for (const text of [...found]) found.push(...text.split(" "), encodeURIComponent(text));
  return [...new Set(found)].filter((text) => text.length >= SECRET_LENGTH_MIN);
}

/** Notes what each policy did to the message. */
export class Tracer {
  readonly #id: string;
  readonly #secrets: readonly string[];
  readonly #steps: TraceStep[] = [];
  #depth = 0;

  constructor(id: string, secrets: readonly string[]) {
    this.#id = id;
    this.#secrets = secrets;
  }

  /** Begins a policy; what it returns ends it. */
  enter({ title, kind }: Step, context: Context): (context: Context, error?: Error) => void {
    const depth = this.#depth;
    this.#depth += 1;
    const before = this.#show(context);
    const started = performance.now();
    const step: TraceStep = { title, kind, depth, ms: 0, before, after: before, error: null };
    if (this.#steps.length < STEPS_MAX) this.#steps.push(step);
    return (after, error) => {
      this.#depth = depth;
      step.ms = Math.round((performance.now() - started) * 1000) / 1000;
      step.after = this.#show(after);
      if (error)
        step.error = this.#strike(`${(error as PolicyError).names?.[0] ?? "Error"}: ${error.message}`).slice(
          0,
          VALUE_MAX,
        );
    };
  }

  /** Keeps the trace to be fetched. */
  end(): void {
    const nowMs = Date.now();
    for (const [id, { untilMs }] of kept) if (untilMs <= nowMs || kept.size >= KEPT_MAX) kept.delete(id);
    kept.set(this.#id, { steps: this.#steps, untilMs: nowMs + KEPT_MS });
  }

  #show({ message, bodyRead, answered }: Context): TraceMessage {
    return {
      status: message.status,
      headers: this.#headers(message),
      body: bodyRead || answered ? this.#strike(message.body.text().slice(0, BODY_MAX * 2)).slice(0, BODY_MAX) : null,
    };
  }

  #headers(message: Message): [string, string][] {
    return [...message.headers].map(([name, value]) => [
      name,
      SECRET_NAME.test(name) ? STARS : this.#strike(value).slice(0, VALUE_MAX),
    ]);
  }

  #strike(text: string): string {
    let struck = text;
    for (const secret of this.#secrets) struck = struck.replaceAll(secret, STARS);
    return struck;
  }
}
