import type { Reference, Template } from "./plan.ts";
import { nameOf } from "./reference.ts";

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
  "target.": "https://backend.example",
};
/** What a variable may add to a host. */
export const HOST_PART = /^[A-Za-z0-9.:[\]_-]*$/;
/** For a host, a port, or a part of an address in brackets. */
const FREE_SAMPLES = ["1", "a", "::1"];

/**
 * Whether the text can be an address with any values of its variables. `known` says all values of those that publishing
 * knows. A variable in front that a policy or a client fills in can hold a whole address.
 */
export function canBeAddress(
  template: Template,
  known: (reference: Reference) => readonly string[] | undefined,
): boolean {
  const parts = placedParts(template);
  const [first] = parts;
  if (typeof first === "object" && isFree(first.reference)) return true;
  const values = parts.map((part): readonly string[] => {
    if (typeof part === "string") return [part];
    const all = known(part.reference);
    if (all) return all;
    const sample = SAMPLES[nameOf(part.reference)];
    if (sample === undefined) return FREE_SAMPLES;
    return part.place === "host" && !HOST_PART.test(sample) ? [] : [sample];
  });
  if (values.some((one) => one.length === 0)) return false;
  const most = Math.max(...values.map((one) => one.length));
  // Values of one catalog belong together: the first of each, the second of each, and so on.
  for (let at = 0; at < most; at += 1) {
    const text = values.map((one) => one[Math.min(at, one.length - 1)]).join("");
    const url = targetAddress(text);
    if (url !== null && url !== "user" && leadsSomewhere(text, url)) return true;
  }
  return false;
}

/** Whether a connection could ever be made: a host's name (RFC 1123 2.1, and `_`) or an address of one host, and a port. */
function leadsSomewhere(text: string, { hostname, port }: URL): boolean {
  if (port === "0" || TWO_SCHEMES.test(text)) return false;
  // Several hosts at once, or reserved: no TCP (RFC 5771, RFC 1112 4, RFC 4291 2.7).
  if (hostname.startsWith("[")) return !hostname.startsWith("[ff");
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return Number.parseInt(hostname, 10) < 224;
  const labels = hostname.replace(/\.$/, "").split(".");
  return labels.join(".").length <= 253 && labels.every((label) => /^[A-Za-z0-9_-]{1,63}$/.test(label));
}

/** `http://$(target-url)`, whose host would be "https". */
const TWO_SCHEMES = /^https?:\/\/https?:\/\//i;

/**
 * Whether something behind `$(target-url)`, which may be a host alone, would be read as more of the host: a name of the
 * owner's that begins no path, or what a client wrote, who would choose where the call goes (T2, T10).
 */
export function followsOrigin(template: Template): boolean {
  return placedParts(template).some((part, at) => {
    const before = template[at - 1];
    if (typeof before !== "object" || before.scope !== "target") return false;
    if (typeof part === "string") return !/^[/?:]/.test(part);
    const { reference, place } = part;
    const mayBegin = reference.scope === "own" || reference.scope === "property" || ENDS_HOST.has(nameOf(reference));
    return place === "segment" || !mayBegin;
  });
}

const isFree = ({ scope, path }: Reference): boolean =>
  scope === "own" || (FROM_CLIENT.has(scope) && ["headers", "parameters", "body"].includes(path[0] ?? ""));
