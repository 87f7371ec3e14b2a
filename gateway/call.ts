import type { IncomingMessage, ServerResponse } from "node:http";
import { newRequestId } from "#lib/call-record/request-id.ts";
import type { KeyFault } from "#lib/crypto/keys-of-rows.ts";
import type { Channel } from "#lib/usage/usage.rules.ts";

import type { AccessLog } from "./access-log.ts";
import type { CallMetrics } from "./admin/call-metrics.ts";
import type { Holder } from "./admission/address-shares.ts";
import type { Admission } from "./admission/admission.ts";
import type { MemoryLease } from "./admission/memory-budget.ts";
import type { Refused } from "./answer/refusal.ts";
import type { Outgoing } from "./assembly/outgoing.ts";
import type { HeaderName } from "./header-names.ts";
import { NO_LIMITS, type SubscriptionLimits } from "./limits/counter.ts";
import type { LimitStore } from "./limits/limit-store.ts";
import type { GatewayApi, GatewayCredential, GatewayOperation, GatewaySubscription } from "./snapshot/model.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";
import { noteBodyInRead } from "./turns.ts";
import type { BodyHold } from "./upstream/body-hold.ts";
import type { Upstreams } from "./upstream/upstreams.ts";
import type { Recorder } from "./usage/recorder.ts";

/** What every call of the process shares. */
export interface Gateway {
  snapshot: Snapshot;
  upstreams: Upstreams;
  recorder: Recorder;
  limits: LimitStore;
  admission: Admission;
  /** "http" or "https": how clients reach us, for X-Forwarded-Proto. */
  publicProtocol: string;
  bodyBytesMax: number;
  /** false until the snapshot is loaded. */
  ready: boolean;
  /** true once the process stops: every answer closes its connection. */
  draining: boolean;
  /** Calls whose answer has not ended. */
  inFlight: number;
  /** When what the snapshot holds was last known to be what the database holds. */
  heardAtMs: number;
  /** From then on calls are refused (503 STALE); Infinity: never. */
  freshUntilMs: number;
  /** Gateway processes that sent a heartbeat lately, this one among them; as of the last one of ours. */
  gatewaysAlive: number;
  /** What makes calls fail that looks well from here; said by /readyz. */
  keyFaults: readonly KeyFault[];
  metrics: CallMetrics;
  accessLog: AccessLog | null;
}

/** A step answered the call by itself, and no further step runs. */
export const ANSWERED = Symbol("answered");
type Outcome = Refused | typeof ANSWERED | undefined;
export type Step = (call: Call) => Outcome | Promise<Outcome>;

export interface Presented {
  clientId: string;
  /** null: the requirement asks for none. */
  clientSecret: string | null;
}

/** nginx's number for "the client closed the connection before an answer began". */
export const CLIENT_GONE = 499;

const NO_HEADERS: readonly string[] = [];
const NONE_PRESENTED: readonly Presented[] = [];

/** One call, filled step by step. All fields are there from the start, so that every call has the same shape in memory. */
export class Call {
  readonly gateway: Gateway;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly startedAtMs = Date.now();
  readonly requestId = newRequestId(this.startedAtMs);
  readonly started = performance.now();

  // check-request
  path = "";
  /** Without "?". */
  query = "";
  host = "";
  /** Where the call comes from: the peer, or what a trusted proxy says (client-address.ts). IPv4 in its plain form. */
  clientAddress = "";
  /** Whose share of calls it is counted in; null as long as that is not known. */
  holder: Holder | null = null;
  /** Names of rawHeaders, one for each pair. */
  names: HeaderName[] = [];
  /** Lower-case names that the client's Connection header declares hop-by-hop; "" when there are none. */
  connectionTokens = "";
  /** Who passed the request on before us, as they say; "" when it came straight from its client. */
  via = "";
  /** Length of the body: a number, or -1 = chunked. */
  contentLength = 0;
  /** The client waits for 100 Continue before it sends its body. */
  expectsContinue: boolean;
  /** By what it came. */
  channel: Channel = "http";

  // route
  api: GatewayApi | undefined = undefined;
  operation: GatewayOperation | undefined = undefined;
  /** Below the base path, as received; starts with "/". */
  pathBelow = "";

  // read-credentials, authenticate, find-subscription
  presented: readonly Presented[] = NONE_PRESENTED;
  /** Access token or API key in place of the pair; "" for none. */
  bearer = "";
  /** The client's Authorization is ours, in an API that passes others on. */
  dropsAuthorization = false;
  credential: GatewayCredential | undefined = undefined;
  authenticated = false;
  /** Of the live secrets, newest first, which one it came with; -1: with none. */
  secretAge = -1;
  /** Nothing is missing of what its operation asks callers for. */
  admitted = false;
  subscription: GatewaySubscription | undefined = undefined;

  // count-call
  /** What the call was counted against. */
  counted: SubscriptionLimits = NO_LIMITS;
  /** On every answer of a subscribed call; as it stood when the call was counted. */
  limitHeaders: readonly string[] = NO_HEADERS;

  // answer-preflight
  /** A browser's question about what this path allows (CORS); it names no operation and carries no credentials. */
  preflight = false;
  /** On every answer to a browser's call of an API that allows it. */
  corsHeaders: readonly string[] = NO_HEADERS;

  // assemble
  /** What the API's policies send in place of the call as it came. */
  outgoing: Outgoing | undefined = undefined;

  // invoke and record
  refused: Refused | undefined = undefined;
  /** What came of a chunked body before the backend was called. */
  hold: BodyHold | undefined = undefined;
  /** What it holds of the memory for bodies. */
  held: MemoryLease | undefined = undefined;
  /** A body that came to its end before the backend was called, in one piece. */
  heldBody: Buffer | undefined = undefined;
  /** JWT that the call came through the gateway, for a backend that wants one. */
  backendProof = "";
  requestBytes = 0;
  responseBytes = 0;
  backendStarted = 0;
  backendMs = -1;
  /** From its headers to the end of its answer; known once the call has ended. */
  totalMs = 0;
  /** The end of its answer is on its way to the client. */
  ended = false;
  /** Ends the backend's call when the client goes away. */
  abortBackend: (() => void) | undefined = undefined;

  constructor(gateway: Gateway, req: IncomingMessage, res: ServerResponse, expectsContinue: boolean) {
    this.gateway = gateway;
    this.req = req;
    this.res = res;
    this.expectsContinue = expectsContinue;
  }

  /** Of the request to the backend. */
  get method(): string {
    return this.outgoing ? this.outgoing.method : (this.req.method ?? "GET");
  }
}

/** The calls with a body: the parser may find out later that it is broken (server.ts). */
const withBody = new WeakMap<ServerResponse, Call>();

export function announceBody(call: Call): void {
  withBody.set(call.res, call);
  noteBodyInRead(call.req.socket);
}
export const callWithBody = (res: ServerResponse): Call | undefined => withBody.get(res);

/** Somebody begins to read the body, or to throw it away: from here on it has to come. */
export const noteBody = (call: Call): void => call.gateway.admission.bodies.add(call, false);
/** As `noteBody`, for a body that is held in memory until its end. */
export const noteHeldBody = (call: Call): void => call.gateway.admission.bodies.add(call, true);
