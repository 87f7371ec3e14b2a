import { cutText } from "#lib/text.schema.ts";
import type { Reference, Scope, Target, Template } from "./plan.ts";

/** A variable, template or condition that cannot be understood; the message stands in a finding. */
export class Unreadable extends Error {}

/** What `$(…)` may name besides headers, parameters and bodies. */
const KNOWN: Record<string, readonly string[]> = {
  request: ["verb", "uri", "path", "search", "querystring", "content-type", "body"],
  message: ["body", "status.code", "status.reason"],
  api: ["name", "version", "title", "root", "catalog.name", "operation.id", "operation.path", "operation.verb"],
  client: ["app.id", "app.name", "org.id", "org.name"],
  plan: ["id", "name"],
  system: ["datetime", "date", "time"],
  error: ["name", "message", "status.code", "status.reason"],
};

/** Names that reach the prototype of an object in careless code: never part of a variable or a path (T17). */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);
const SEGMENT = /^[^\s.()[\]$'"\\]{1,200}$/;
const SEGMENTS_MAX = 50;

/** Names of fields that HTTP allows (RFC 9110 5.1). */
export const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/;

/** "a.b[0].c" as its parts. Throws Unreadable. */
export function parsePath(text: string): string[] {
  const parts = text.replace(/\[(\d{1,9})\]/g, ".$1").split(".");
  if (parts.length > SEGMENTS_MAX) throw new Unreadable(`${shown(text)} has too many parts.`);
  for (const part of parts) {
    if (FORBIDDEN.has(part)) throw new Unreadable(`${part} cannot be part of a variable's name.`);
    if (!SEGMENT.test(part)) throw new Unreadable(`${shown(text)} is no name of a variable.`);
  }
  return parts;
}

/** Of what a wrong text is shown in a finding. */
export const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${cutText(text, 60)}…` : text);

export const nameOf = ({ scope, path }: Reference): string => `${scope}.${path.join(".")}`;

/** Reads the name of a variable. `properties` are those that the API declares. Throws Unreadable. */
export function parseReference(text: string, properties: ReadonlySet<string>): Reference {
  const name = text.trim();
  if (name === "") throw new Unreadable("$() names no variable.");
  if (properties.has(name)) return { scope: "property", path: [name] };
  if (name === "target-url") return { scope: "target", path: [] };
  // Header names may hold dots, and others that a path may not.
  const header = /^(request|message)\.headers\.(.+)$/s.exec(name);
  if (header) return { scope: header[1] as Scope, path: ["headers", headerName(header[2] ?? "")] };
  const parts = parsePath(name);
  const [scope = "", ...path] = parts;
  if (scope === "request" && path[0] === "parameters" && path.length > 1) return parameter(path);
  if (scope === "api" && path[0] === "properties" && path.length > 1) {
    const property = path.slice(1).join(".");
    if (!properties.has(property)) throw new Unreadable(`The API has no property ${shown(property)}.`);
    return { scope: "property", path: [property] };
  }
  if (!Object.hasOwn(KNOWN, scope)) return { scope: "own", path: parts };
  if ((scope === "request" || scope === "message") && path[0] === "body") return { scope, path };
  if (KNOWN[scope]?.includes(path.join("."))) return { scope: scope as Scope, path };
  throw new Unreadable(`There is no variable ${shown(name)}.`);
}

/** `request.parameters.NAME`, also in the form `request.parameters.NAME.values[0]`. */
function parameter(path: string[]): Reference {
  const rest = path.slice(1);
  const at = rest.indexOf("values");
  const name = (at > 0 ? rest.slice(0, at) : rest).join(".");
  return { scope: "request", path: ["parameters", name] };
}

function headerName(text: string): string {
  if (!HEADER_NAME.test(text)) throw new Unreadable(`${shown(text)} is no name of a header.`);
  return text;
}

/** Framing and what the gateway sets itself: a policy that wrote them could split or forge a message (T1, T6, T7). */
const OURS =
  /^(connection|content-length|host|keep-alive|te|trailer|transfer-encoding|upgrade|expect|proxy-.*|x-forwarded-(for|host|proto)|x-request-id|x-global-transaction-id|x-gateway-proof|x-portico-.*)$/i;

/** Reads what a policy writes to. Throws Unreadable. */
export function parseTarget(text: string, properties: ReadonlySet<string>): Target {
  const reference = parseReference(text, properties);
  if (reference.scope === "message") {
    const [place, name = ""] = reference.path;
    if (place === "headers" && OURS.test(name)) throw new Unreadable(`The gateway sets the header ${name} itself.`);
    return { scope: "message", path: reference.path };
  }
  if (reference.scope === "own") return { scope: "own", path: reference.path };
  throw new Unreadable(`${text.trim()} can be read, not set.`);
}

const TEXT_LENGTH_MAX = 100_000;

/** Splits text at its `$(…)`. Throws Unreadable. */
export function parseTemplate(text: string, read: (name: string) => Reference): Template {
  if (text.length > TEXT_LENGTH_MAX) throw new Unreadable("The text is too long.");
  const template: Template = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf("$(", at);
    if (open < 0) break;
    const close = text.indexOf(")", open);
    if (close < 0) throw new Unreadable(`${shown(text.slice(open))} is not closed.`);
    if (open > at) template.push(text.slice(at, open));
    template.push(read(text.slice(open + 2, close)));
    at = close + 1;
  }
  if (at < text.length) template.push(text.slice(at));
  return template;
}
