import type { Call } from "#gateway/call.ts";
import type { Backend, GatewayApi } from "#gateway/snapshot/model.ts";
import type { BackendRequest } from "./connection.ts";
import { Exchange } from "./exchange.ts";
import type { RequestBody } from "./request-body.ts";
import { backendHeaders, backendTarget, outgoingHeaders } from "./request-headers.ts";

/** What one call sends to its backend: the first time over the pool, once more over a connection of its own. */
export class Sending {
  readonly #call: Call;
  readonly #api: GatewayApi;
  readonly #backend: Backend;
  readonly #body: RequestBody | undefined;
  #authorization: string | undefined;

  /** `authorization`: the access token, where the backend wants one. */
  constructor(
    call: Call,
    api: GatewayApi,
    backend: Backend,
    body: RequestBody | undefined,
    authorization: string | undefined,
  ) {
    this.#call = call;
    this.#api = api;
    this.#backend = backend;
    this.#body = body;
    this.#authorization = authorization;
  }

  first(): void {
    const { gateway, started } = this.#call;
    const exchange = new Exchange(this.#call, this.#body, this);
    gateway.upstreams.pool(this.#backend.endpoint, started).dispatch(this.#request(), exchange);
  }

  again(exchange: Exchange): void {
    const { gateway, started } = this.#call;
    gateway.upstreams.pool(this.#backend.endpoint, started).dispatchFresh(this.#request(), exchange);
  }

  /** The backend answered 401: whether that is about our access token, and another is worth a try. */
  tokenRefused(): boolean {
    const { credentials } = this.#backend;
    if (!credentials || this.#authorization === undefined) return false;
    return this.#call.gateway.upstreams
      .token(credentials, this.#call.started)
      .refused(this.#authorization, performance.now());
  }

  /** Rejects when there is no other token. */
  async againWithToken(exchange: Exchange): Promise<void> {
    const { credentials } = this.#backend;
    if (!credentials) throw new Error("the backend wants no token");
    const token = this.#call.gateway.upstreams.token(credentials, this.#call.started);
    this.#authorization = token.current(performance.now()) ?? (await token.fresh(performance.now()));
    this.again(exchange);
  }

  #request(): BackendRequest {
    const call = this.#call;
    const { outgoing } = call;
    return {
      path: outgoing ? outgoing.path : backendTarget(call, this.#api, this.#backend),
      method: call.method,
      headers: outgoing
        ? outgoingHeaders(call, outgoing, this.#authorization, call.contentLength)
        : backendHeaders(call, this.#api, this.#backend, this.#authorization),
      body: this.#body ?? call.heldBody ?? null,
      headersTimeoutMs: this.#backend.responseTimeoutMs,
      isAlone: call.gateway.inFlight <= 1,
    };
  }
}
