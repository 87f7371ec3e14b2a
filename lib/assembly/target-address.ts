import type { Reference, Template } from "./plan.ts";

/** What would let a path lead elsewhere than it reads (T2). */
const UNSAFE = /[\0-\x20\x7f\\#]/;
const UNSAFE_PATH = /%(?:2f|5c|00)|;/i;
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/** The address that an invoke calls; null when the text is none, "user" when it holds a user name. */
export function targetAddress(text: string): URL | null | "user" {
  const afterScheme = text.indexOf("://") + 3;
  const slash = text.indexOf("/", afterScheme);
  const mark = text.indexOf("?", afterScheme);
  if (!/^https?:\/\//i.test(text) || UNSAFE.test(text)) return null;
  // URL would take the first part of the path for the host, and a client wrote that.
  if (slash === afterScheme) return null;
  const path = slash < 0 ? "" : text.slice(slash, mark < 0 ? undefined : mark);
  if (DOT_SEGMENT.test(path) || UNSAFE_PATH.test(path) || (mark >= 0 && mark < slash)) return null;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.username !== "" || url.password !== "" ? "user" : url;
}

/** Scopes whose values a client writes: in an address they stand for one segment, or one value. */
const FROM_CLIENT = new Set(["request", "message"]);
/** These are paths and queries as they were checked when the call came. */
const AS_THEY_ARE = new Set(["request.path", "request.search", "request.querystring", "request.uri"]);
/** What the API's owner wrote may be any part of an address; a policy's own variable may hold what a client wrote. */
const OWNERS = new Set(["property", "api", "target"]);
/** Those of them, and others, that begin a path or a query: behind a host they end it. */
const ENDS_HOST = new Set(["request.path", "request.search", "request.uri", "api.operation.path", "api.root"]);

/** How a variable of an address may be filled in. `whole`: the address, or a part of it, as its author has it. */
export type Place = "whole" | "host" | "segment";
export type PlacedPart = string | { reference: Reference; place: Place };

export const nameOf = ({ scope, path }: Reference): string => `${scope}.${path.join(".")}`;

/** Says of each variable of an address where it stands: a client's value must not reach beyond its place (T2). */
export function placedParts(template: Template): PlacedPart[] {
  let isHost = false;
  return template.map((part, at) => {
    if (typeof part === "string") {
      if (at === 0 || isHost) isHost = /^(?:https?:\/\/)?[^/?#]*$/i.test(part);
      return part;
    }
    const name = nameOf(part);
    if (ENDS_HOST.has(name)) isHost = false;
    if (isHost && !OWNERS.has(part.scope)) return { reference: part, place: "host" };
    if (at === 0 || !FROM_CLIENT.has(part.scope) || AS_THEY_ARE.has(name)) return { reference: part, place: "whole" };
    return { reference: part, place: "segment" };
  });
}

/** What variables that are known in kind look like; others can hold anything. */
const SAMPLES: Record<string, string> = {
  "request.path": "/a",
  "request.uri": "/a?b=c",
  "request.search": "?b=c",
  "request.querystring": "b=c",
  "api.operation.path": "/a",
  "api.root": "/a",
  "target.": "https://backend.example",
};
/** What a variable may add to a host. */
export const HOST_PART = /^[A-Za-z0-9.:[\]_-]*$/;
/** For a host, a port, or a part of an address in brackets. */
const FREE_SAMPLES = ["1", "a", "::1"];

/**
 * Whether the text can be an address with any values of its variables. `properties` are the values that the API and its
 * catalogs give a property. A variable in front that a policy or a client fills in can hold a whole address.
 */
export function canBeAddress(template: Template, properties: ReadonlyMap<string, readonly string[]>): boolean {
  const parts = placedParts(template);
  const [first] = parts;
  if (typeof first === "object" && isFree(first.reference)) return true;
  const known = parts.map((part): readonly string[] => {
    if (typeof part === "string") return [part];
    if (part.reference.scope === "property") return properties.get(part.reference.path[0] ?? "") ?? [""];
    const sample = SAMPLES[nameOf(part.reference)];
    if (sample === undefined) return FREE_SAMPLES;
    return part.place === "host" && !HOST_PART.test(sample) ? [] : [sample];
  });
  if (known.some((values) => values.length === 0)) return false;
  const most = Math.max(...known.map((values) => values.length));
  // Values of one catalog belong together: the first of each, the second of each, and so on.
  for (let at = 0; at < most; at += 1) {
    const text = known.map((values) => values[Math.min(at, values.length - 1)]).join("");
    const url = targetAddress(text);
    if (url !== null && url !== "user") return true;
  }
  return false;
}

const isFree = ({ scope, path }: Reference): boolean =>
  scope === "own" || (FROM_CLIENT.has(scope) && ["headers", "parameters", "body"].includes(path[0] ?? ""));
