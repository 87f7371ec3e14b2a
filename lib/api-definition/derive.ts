import { slugify } from "#lib/ids.ts";
import { cutText, plainLine, shownLine } from "#lib/text.schema.ts";
import { asText, isObject, type JsonObject, member } from "./json-pointer.ts";
import { DefinitionRefused } from "./parse-text.ts";

export type Format = "openapi-2.0" | "openapi-3.0" | "openapi-3.1";

export interface Derived {
  format: Format;
  title: string;
  /** Slug of the title. */
  name: string;
  version: string;
  description: string;
  /** "" when the text names none, or none that can be an address. */
  basePath: string;
  backendUrl: string | null;
}

/** 2.0, 3.0 or 3.1 (3.2 is read as 3.1). Throws DefinitionRefused when the text is none of them. */
export function formatOf(document: JsonObject): Format {
  const swagger = asText(member(document, "swagger"));
  const openapi = asText(member(document, "openapi"));
  if (swagger === "2.0" || swagger === "2") return "openapi-2.0";
  if (/^3\.0(\.|$)/.test(openapi) || openapi === "3") return "openapi-3.0";
  if (/^3\.[12](\.|$)/.test(openapi)) return "openapi-3.1";
  if (openapi || swagger) {
    const found = openapi ? `openapi: ${openapi}` : `swagger: ${swagger}`;
    throw new DefinitionRefused("NOT_OPENAPI", `"${found}" is not supported. Portico reads 2.0, 3.0 and 3.1.`, {
      pointer: openapi ? "/openapi" : "/swagger",
    });
  }
  throw new DefinitionRefused(
    "NOT_OPENAPI",
    'The text is no OpenAPI definition: it has no "openapi" or "swagger" key.',
  );
}

const UNTITLED = "Untitled API";
/** In UTF-16 units. Longer ones are cut, and a finding says so. */
export const TITLE_LENGTH_MAX = 200;
export const VERSION_LENGTH_MAX = 60;

/**
 * What the portal shows of a definition without opening it. `version` is the version as it is written, where that is
 * known better than from the document.
 */
export function derive(document: JsonObject, version = asText(member(member(document, "info"), "version"))): Derived {
  const info = member(document, "info");
  const title = shownLine(asText(member(info, "title"))) || UNTITLED;
  return {
    format: formatOf(document),
    title: cutText(title, TITLE_LENGTH_MAX).trimEnd(),
    name: slugify(title) || "api",
    version: cutText(plainLine(version), VERSION_LENGTH_MAX).trimEnd() || "1.0.0",
    description: asText(member(info, "description")),
    basePath: basePathOf(document),
    backendUrl: backendUrlOf(document) ?? targetUrlOf(document),
  };
}

/** One or more segments of unreserved characters (RFC 3986), so that no gateway or proxy reads it otherwise; no dots alone. */
const BASE_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/;
const BASE_PATH_LENGTH_MAX = 200;

/** "/weather/v1" of what somebody wrote; "" when it cannot be a base path. */
export function normalizeBasePath(text: string): string {
  const path = `/${text.trim()}`.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  return path.length <= BASE_PATH_LENGTH_MAX && BASE_PATH.test(path) ? path : "";
}

/** Where the base path is written: our own key wins, so that it can differ from the backend's path. */
export function basePathPointer(document: JsonObject): string | null {
  if (member(member(document, "x-portico"), "base-path") !== undefined) return "/x-portico/base-path";
  if (member(document, "swagger") !== undefined) return member(document, "basePath") === undefined ? null : "/basePath";
  return firstServer(document) === null ? null : "/servers/0/url";
}

function basePathOf(document: JsonObject): string {
  const own = member(member(document, "x-portico"), "base-path");
  if (own !== undefined) return normalizeBasePath(asText(own));
  if (member(document, "swagger") !== undefined) return normalizeBasePath(asText(member(document, "basePath")));
  const server = firstServer(document);
  if (server === null) return "";
  const absolute = toAbsolute(server);
  if (absolute) return normalizeBasePath(absolute.pathname);
  return normalizeBasePath(server.replace(/[?#].*$/, ""));
}

/** servers[0].url with variables replaced by their defaults; null when there is none. */
function firstServer(document: JsonObject): string | null {
  const server = member(member(document, "servers"), "0");
  const url = member(server, "url");
  if (typeof url !== "string") return null;
  const variables = member(server, "variables");
  return url.replace(/\{([^{}]*)\}/g, (whole, name) => {
    const value = member(member(variables, name), "default");
    return value === undefined ? whole : asText(value);
  });
}

function toAbsolute(url: string): URL | null {
  const text = url.startsWith("//") ? `https:${url}` : url;
  if (!/^https?:\/\//i.test(text) || /[{}]/.test(text) || !URL.canParse(text)) return null;
  return new URL(text);
}

/** The address that the definition itself names: 2.0 scheme, host and basePath, or an absolute servers[0].url. */
function backendUrlOf(document: JsonObject): string | null {
  let url: URL | null = null;
  if (member(document, "swagger") !== undefined) {
    const host = asText(member(document, "host")).trim();
    // API Connect writes "$(catalog.host)" where the host is the gateway's own.
    if (!host || /[/?#@\s$]/.test(host)) return null;
    const schemes = member(document, "schemes");
    const http = Array.isArray(schemes) && schemes.includes("http") && !schemes.includes("https");
    url = toAbsolute(
      `${http ? "http" : "https"}://${host}/${asText(member(document, "basePath")).replace(/^\/+/, "")}`,
    );
  } else {
    const server = firstServer(document);
    if (server !== null) url = toAbsolute(server);
  }
  if (!url || url.username || url.password) return null;
  url.search = "";
  url.hash = "";
  return url.href.replace(/\/+$/, "");
}

/** API Connect's name for the backend's address: the property target-url, also without an assembly that uses it. */
function targetUrlOf(document: JsonObject): string | null {
  const properties = member(member(document, "x-ibm-configuration"), "properties");
  const url = toAbsolute(asText(member(member(properties, "target-url"), "value")));
  return url && !url.username && !url.password && !url.search ? url.href.replace(/\/+$/, "") : null;
}

/** Whether the backend's address is written in the definition, so that its own base path belongs to the backend. */
export const namesBackend = (document: JsonObject): boolean => isObject(document) && backendUrlOf(document) !== null;
