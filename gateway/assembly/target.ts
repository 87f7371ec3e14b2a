import { refuse } from "#gateway/answer/refusal.ts";
import { eachParameter } from "#gateway/query.ts";
import { endpointOf } from "#gateway/snapshot/compile-backend.ts";
import type { Backend } from "#gateway/snapshot/model.ts";
import { backendTarget, withoutCredentials } from "#gateway/upstream/request-headers.ts";
import { toText } from "#lib/assembly/message-values.ts";
import { namePattern } from "#lib/assembly/name-pattern.ts";
import type { InvokePolicy, NameControl, Reference, Template } from "#lib/assembly/plan.ts";
import { nameOf } from "#lib/assembly/reference.ts";
import { HOST_PART, type Place, placedParts, targetAddress } from "#lib/assembly/target-address.ts";
import type { Context } from "./context.ts";
import { PolicyError, propertyError } from "./policy-error.ts";
import { reader, textReader } from "./variables.ts";

export interface InvokeTarget {
  backend: Backend;
  /** Path and query. */
  path: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Addresses that calls name are remembered up to this number. */
const KNOWN_MAX = 500;

/** Where an invoke leads. Throws PolicyError for an address that is none. */
export function targetReader(policy: InvokePolicy): (context: Context) => InvokeTarget {
  const passes = policy.parameters && nameTest(policy.parameters, false);
  if (!policy.url) {
    return (context) => {
      const { call, api } = context;
      const { backend } = api;
      if (!backend) throw noBackend();
      const path = backendTarget(call, api, backend);
      return { backend, path: passes ? filterQuery(path, passes) : path };
    };
  }
  const read = urlReader(policy.url);
  const signIn = signInReader(policy);
  const known = new Map<string, Backend>();
  return (context) => {
    const text = read(context);
    const { call, api } = context;
    const url = parse(text);
    const auth = signIn?.(context);
    let backend: Backend;
    if (api.backend && !auth && api.backend.endpoint.origin === url.origin) {
      // The same place as the backend of the catalog: its sign-in, certificates and time limits hold.
      backend = api.backend;
    } else {
      const made = known.get(url.origin) ?? plainBackend(url);
      if (known.size < KNOWN_MAX) known.set(url.origin, made);
      backend = auth ? { ...made, signIn: auth, ownHeader: "authorization" } : made;
    }
    let path = text.slice(text.indexOf("/", text.indexOf("://") + 3));
    if (!text.includes("/", text.indexOf("://") + 3)) path = `/${url.search}`;
    if (passes)
      path = addQuery(
        path,
        call.query === "" ? "" : filterText(api.enforced ? withoutCredentials(call.query, api) : call.query, passes),
      );
    return { backend, path };
  };
}

const noBackend = (): PolicyError =>
  new PolicyError(["ConnectionError"], "the API has no backend in this catalog", {
    toClient: refuse("BACKEND_UNREACHABLE", "backend-missing"),
  });

function parse(text: string): URL {
  const url = targetAddress(text);
  if (url === null) throw propertyError("the target-url is no address");
  if (url === "user") throw propertyError("the target-url holds a user name");
  return url;
}

function plainBackend(url: URL): Backend {
  const tls = url.protocol === "https:" ? { identity: null, authorities: null, serverName: null } : null;
  return {
    endpoint: endpointOf(new URL(url.origin), tls, CONNECT_TIMEOUT_MS),
    pathPrefix: "",
    host: url.host,
    signIn: [],
    ownHeader: "",
    credentials: null,
    proof: false,
    responseTimeoutMs: 60_000,
  };
}

/** Text of an address: what a client wrote can be a host or a part of the path, and never reach beyond it (T2). */
function urlReader(template: Template): (context: Context) => string {
  const parts = placedParts(template).map((part) => (typeof part === "string" ? inAscii(part) : placedReader(part)));
  return (context) => parts.map((part) => (typeof part === "string" ? part : part(context))).join("");
}

/** An address has no other characters (RFC 3986 2.5); many servers answer 400 to them. */
const inAscii = (text: string): string =>
  text.toWellFormed().replace(/[^\0-\x7f]+/g, (characters) => encodeURIComponent(characters));

function placedReader({ reference, place }: { reference: Reference; place: Place }): (context: Context) => string {
  // The path that was called, in place of its template.
  if (nameOf(reference) === "api.operation.path") return ({ call }) => call.pathBelow;
  const read = reader(reference);
  // What the API's owner wrote, as a literal.
  if (reference.scope === "property") return (context) => inAscii(toText(read(context)));
  if (place === "whole") return (context) => toText(read(context));
  if (place === "host") {
    return (context) => {
      const text = toText(read(context));
      if (!HOST_PART.test(text)) throw propertyError("the host of the target-url is none");
      return text;
    };
  }
  return (context) => {
    const text = encodeURIComponent(toText(read(context)).toWellFormed());
    if (text === "." || text === "..") throw propertyError("the target-url would leave its path");
    return text;
  };
}

function signInReader({ username, password }: InvokePolicy): ((context: Context) => readonly string[]) | null {
  if (!username && !password) return null;
  const [user, secret] = [textReader(username ?? []), textReader(password ?? [])];
  return (context) => [
    "Authorization",
    `Basic ${Buffer.from(`${user(context)}:${secret(context)}`, "utf8").toString("base64")}`,
  ];
}

/** Whether a name may pass; the patterns match in linear time (T18). */
export function nameTest({ allow, patterns }: NameControl, anyCase: boolean): (name: string) => boolean {
  const compiled = patterns.map((pattern) => namePattern(pattern, anyCase));
  return (name) => compiled.some((pattern) => pattern.test(name)) === allow;
}

function filterQuery(target: string, passes: (name: string) => boolean): string {
  const mark = target.indexOf("?");
  if (mark < 0) return target;
  return addQuery(target.slice(0, mark), filterText(target.slice(mark + 1), passes));
}

function filterText(query: string, passes: (name: string) => boolean): string {
  const kept: string[] = [];
  eachParameter(query, (name, text) => {
    if (passes(name)) kept.push(text);
  });
  return kept.join("&");
}

function addQuery(path: string, query: string): string {
  if (query === "") return path;
  return path + (path.includes("?") ? "&" : "?") + query;
}
