import { STATUS_CODES } from "node:http";
import { isIP, isIPv6 } from "node:net";
import { Agent, fetch, type Response } from "undici";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors/app-error.ts";
import {
  canonical,
  guardedLookup,
  isForbiddenLiteral,
  isOperatorAllowed,
  operatorLookup,
  parseAllowList,
  portOf,
} from "./address-guard.ts";
import { ownPorts } from "./own-ports.ts";
import { readText } from "./read-text.ts";

const DEADLINE_MS = 10_000;
/** After decompression, so that a small answer cannot grow into a large one (T19). */
const BODY_BYTES_MAX = 5 * 1024 * 1024;
const REDIRECTS_MAX = 3;
const PORTS = new Set(["", "443", "80", "8443"]);

const refuse = (message: string, cause?: unknown): AppError =>
  new AppError("FETCH_FAILED", { fields: [{ field: "url", message }], cause });

/** Bounds that tests shorten. */
export interface FetchBounds {
  deadlineMs?: number;
  allow?: readonly string[];
}

/**
 * The text at an address that a person entered (T13). Only https and usual ports, unless the operator's list names
 * the very address; never a forbidden network, checked for every redirect and by the socket itself. Throws
 * FETCH_FAILED beside `url`.
 */
export async function guardedFetch(address: string, bounds: FetchBounds = {}): Promise<string> {
  const allow = bounds.allow ?? parseAllowList(env().IMPORT_ALLOW);
  const deadlineMs = bounds.deadlineMs ?? DEADLINE_MS;
  const signal = AbortSignal.timeout(deadlineMs);
  const given = parseAddress(address, allow);
  let url = given;
  try {
    for (let hop = 0; ; hop += 1) {
      const dispatcher = new Agent({ connect: { lookup: lookupFor(url, allow) as never, timeout: deadlineMs } });
      try {
        const answer = await fetch(url, { dispatcher, signal, redirect: "manual", headers: HEADERS });
        const location = answer.headers.get("location");
        if (answer.status < 300 || answer.status >= 400 || !location) return await definitionOf(answer);
        await answer.body?.cancel();
        if (hop === REDIRECTS_MAX) throw refuse(`The address redirects more than ${REDIRECTS_MAX} times.`);
        url = parseRedirect(location, url, allow);
      } finally {
        void dispatcher.destroy();
      }
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (url !== given)
      throw refuse(`${given.hostname} redirects to an address from which nothing could be read.`, error);
    throw explain(error, url, deadlineMs);
  }
}

const HEADERS = {
  accept: "application/json, application/yaml, text/yaml, */*;q=0.5",
  "user-agent": "Portico definition import",
};

const isUsual = (url: URL): boolean => url.protocol === "https:" && PORTS.has(url.port);

function parseAddress(text: string, allow: readonly string[]): URL {
  if (!URL.canParse(text)) throw refuse("Enter an address such as https://example.com/openapi.yaml.");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refuse("The address must start with https://.");
  if (url.username || url.password) throw refuse("Leave user name and password out of the address.");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = portOf(url);
  if (isForbiddenLiteral(host, allow, port, ownPorts())) throw refuse(forbidden(url));
  if (!isUsual(url) && isIP(host) !== 0 && !isOperatorAllowed(host, allow, port, ownPorts()))
    throw refuse(unusual(url));
  return url;
}

/** The next hop, checked like the first address. What the server wrote is not repeated (T10). */
function parseRedirect(location: string, from: URL, allow: readonly string[]): URL {
  try {
    return parseAddress(URL.canParse(location, from) ? new URL(location, from).href : location, allow);
  } catch (error) {
    throw refuse(`${from.hostname} redirects to an address that imports may not reach.`, error);
  }
}

/** With the setting that would open it. */
function forbidden(url: URL): string {
  const address = canonical(url.hostname);
  const port = portOf(url);
  if (address !== null && ownPorts().has(address, port))
    return `${url.host} is a port of Portico itself, where no definition is.`;
  return `${url.hostname} is in a network that may not be reached. The operator can allow it with ${setting(url)}`;
}

function setting(url: URL): string {
  const address = canonical(url.hostname);
  const place = address === null ? `<address of ${url.hostname}>` : isIPv6(address) ? `[${address}]` : address;
  return `IMPORT_ALLOW=${place}:${portOf(url)}`;
}

const unusual = (url: URL): string =>
  url.protocol === "http:"
    ? `The address must start with https://. Without TLS anybody on the way could change what is imported from ${url.hostname}. The operator can allow it with ${setting(url)}`
    : `Port ${url.port} is not used for imports, only 443, 80 and 8443. The operator can allow it with ${setting(url)}`;

/** http and unusual ports are for hosts that the operator's list names. */
const lookupFor = (url: URL, allow: readonly string[]) =>
  (isUsual(url) ? guardedLookup : operatorLookup)(allow, undefined, portOf(url), ownPorts());

async function definitionOf(answer: Response): Promise<string> {
  if (!answer.ok) throw refuse(`The server answered ${answer.status} ${STATUS_CODES[answer.status] ?? ""}`.trim());
  if (/^text\/html/i.test(answer.headers.get("content-type") ?? ""))
    throw refuse("The address leads to a web page, not to a definition. Look for its raw or download address.");
  const text = await readText(answer.body, BODY_BYTES_MAX);
  if (text === null) throw refuse("The definition is larger than 5 MB.");
  return text;
}

function explain(error: unknown, url: URL, deadlineMs: number): AppError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  const name = error instanceof Error ? error.name : "";
  const host = url.hostname;
  if (name === "TimeoutError" || code === "UND_ERR_CONNECT_TIMEOUT")
    return refuse(`${host} did not deliver the definition within ${deadlineMs / 1000} s.`, error);
  if (code === "ADDRESS_FORBIDDEN") return refuse(isUsual(url) ? forbidden(url) : unusual(url), error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return refuse(`There is no host named ${host}.`, error);
  if (code === "ECONNREFUSED") return refuse(`${host} refused the connection.`, error);
  if (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME/i.test(code)) return refuse(`The certificate of ${host} is not valid.`, error);
  return refuse(`The definition could not be read from ${host}.`, error);
}
