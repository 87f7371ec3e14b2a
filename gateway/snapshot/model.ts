import type { Program } from "#gateway/assembly/program.ts";
import type { SubscriptionLimits } from "#gateway/limits/counter.ts";
import type { PlanLimits } from "#gateway/limits/plan-limits.ts";
import type { ClientCredentials } from "#gateway/upstream/backend-token.ts";
import type { Endpoint } from "#gateway/upstream/connect.ts";
import type { CompiledOperation, CompiledScheme } from "#lib/api-definition/compiled.ts";
import type { NetworkList } from "#lib/net/network-list.ts";
import type { RequestValidator } from "#lib/validation/request-validator.ts";
import type { OperationRouter } from "./operation-router.ts";

/** Schemes needed together (AND), header names in lower case. An alternative without any = the call may come without credentials. */
export interface Alternative {
  id: CompiledScheme | null;
  secret: CompiledScheme | null;
}

export interface GatewayOperation {
  key: string;
  method: string;
  path: string;
  /** Alternatives (OR); empty = open. */
  security: readonly Alternative[];
  /** Headers that it declares and that pass only so (declared-headers.ts), in lower case; absent: none. */
  headers?: ReadonlySet<string>;
}

/** Where calls of one API go. How the gateway signs in there: `endpoint.tls` by certificate, the rest in headers. */
export interface Backend {
  endpoint: Endpoint;
  /** Path of the backend's address without a trailing slash, "" for none. */
  pathPrefix: string;
  /** Host header of the backend. */
  host: string;
  /** Name and value of what is sent with each call: the functional ID (S13) or a key. */
  signIn: readonly string[];
  /** A client's header of this name never travels (T7): lower case, "-" for "_" and "."; "" for none. */
  ownHeader: string;
  /** OAuth client credentials: each call carries an access token. */
  credentials: ClientCredentials | null;
  /** Each call carries a signed proof that it came through the gateway (S31). */
  proof: boolean;
  /** From the request's end to the answer's headers; then 504. */
  responseTimeoutMs: number;
}

/** One published API: a route, what it demands, and where it goes. Immutable; a change puts a new object in its place. */
export interface GatewayApi {
  id: string;
  apiDefinitionId: string;
  catalogId: string;
  catalogKind: "sandbox" | "production";
  organizationId: string;
  /** Its slug, for `api.catalog.name`. */
  catalogName: string;
  /** "prefix/catalog" */
  place: string;
  /** Starts with "/"; "" for the root. */
  basePath: string;
  /** false: another gateway enforces it; nothing is checked, nothing is taken away (S79). */
  enforced: boolean;
  /** Names under which a client ID or secret of this API may come, in either place. */
  credentialNames: CredentialNames;
  /** It declares an http or oauth2 scheme of its own: Authorization may be meant for its backend. */
  ownAuthorization: boolean;
  /** An access token may come in place of the pair (gateway.md 2.4). */
  acceptsTokens: boolean;
  /** The client's Authorization travels on (gateway.md 2.5). */
  passesAuthorization: boolean;
  /** Addresses that may call; null: all. */
  networks: NetworkList | null;
  /** How browsers may call; null: the backend's business. */
  cors: GatewayCors | null;
  /** What requests are held against; null: nothing. */
  validator: RequestValidator | null;
  operations: readonly CompiledOperation[];
  router: Pick<OperationRouter, "find" | "methodsOf">;
  /** null: there is none, or a secret of it does not open; calls answer 502. */
  backend: Backend | null;
  /** Policies that run before, or in place of, the plain call of the backend; null: none. */
  assembly: Program | null;
}

export interface GatewayCors {
  /** null: any. */
  origins: ReadonlySet<string> | null;
  /** Value of Access-Control-Allow-Headers; null: what the browser asks for. */
  headers: string | null;
  /** Answer headers that a page may read beside ours; "" for none. */
  expose: string;
  credentials: boolean;
  maxAge: string;
  /** The headers of every answer, where any origin may call without credentials. */
  anyOrigin: readonly string[];
}

/**
 * What counts as a client ID or secret of an API, lower case for headers. The declared place is what is read; the other
 * place is known too, so that a misplaced credential is recognised and never travels on.
 */
export interface CredentialNames {
  headers: ReadonlyMap<string, CompiledScheme["key"]>;
  query: ReadonlyMap<string, CompiledScheme["key"]>;
  /** In `query` (or `headers`) only as the customary other name: counts when the value looks like a client ID. */
  customary: ReadonlySet<string>;
}

export interface GatewaySecret {
  verifier: Buffer;
  notAfterMs: number;
}

export interface GatewayCredential {
  id: string;
  clientId: string;
  applicationId: string;
  environment: "sandbox" | "production";
  /** null: every catalog of the environment. */
  catalogId: string | null;
  revoked: boolean;
  /** Infinity: never. */
  expiresAtMs: number;
  /** Addresses that it works from; null: all. */
  networks: NetworkList | null;
  /** ApiDefinition.id of the APIs that it works for; null: all that the application is subscribed to. */
  scope: ReadonlySet<string> | null;
  secrets: readonly GatewaySecret[];
}

export interface GatewaySubscription {
  id: string;
  applicationId: string;
  releaseId: string;
  planId: string;
  state: "pending" | "active" | "suspended";
  /** Edition of the release whose limits the two below are; 0: none yet. */
  boundTo: number;
  /** Limits of the plan with this subscription's counters; made anew when plan or subscription change, counters stay. */
  limits: SubscriptionLimits;
  /** By ApiDefinition.id and "METHOD /path", where the plan has limits of operations; else null. */
  operationLimits: ReadonlyMap<string, ReadonlyMap<string, SubscriptionLimits>> | null;
}

export interface GatewayApplication {
  id: string;
  name: string;
  organizationId: string;
  organizationName: string;
  suspended: boolean;
}

export interface GatewayRelease {
  id: string;
  /** Another with each change. */
  edition: number;
  publishedApiIds: ReadonlySet<string>;
  limitsByPlan: ReadonlyMap<string, PlanLimits>;
  planNames: ReadonlyMap<string, string>;
}
