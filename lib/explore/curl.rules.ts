import { attach, type BuiltRequest, type CredentialNeed, type Place, requestTarget } from "./request.rules.ts";

/** One argument for bash, whatever it holds: nothing inside single quotes is read, and a quote is written outside of them. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Header names of which none of bash's double-quote characters is part, so that the readable form is safe. */
const PLAIN = /^[A-Za-z0-9-]+$/;

const headerWithVariable = (name: string, variable: string): string =>
  PLAIN.test(name) ? `"${name}: $${variable}"` : `${shellQuote(`${name}: `)}"$${variable}"`;

interface CurlOptions {
  /** Origin of the gateway: "https://gw.example". */
  origin: string;
  need: CredentialNeed;
  /** Written as it is instead of `$CLIENT_ID`; a client ID is public (S102). The secret is always `$CLIENT_SECRET`. */
  clientId?: string;
  /** An access token goes in place of ID and secret, as `$ACCESS_TOKEN`. */
  token?: boolean;
  /** The API's own scheme is sent something, as `$AUTHORIZATION`. */
  authorization?: boolean;
}

/**
 * A curl command for bash that makes the call (S24, S27). What a publisher wrote cannot run in the reader's terminal:
 * every text is one single-quoted argument; only the placeholders are expanded.
 */
export function buildCurl(request: BuiltRequest, options: CurlOptions): string {
  const { origin, need, clientId, token = false, authorization = false } = options;
  const variables: [Place, string][] = [];
  let filled = request;
  if (need.clientId && clientId && !token) filled = attach(request, need.clientId, clientId, "clientId");
  else if (need.clientId && !token) variables.push([need.clientId, "CLIENT_ID"]);
  if (need.clientSecret && !token) variables.push([need.clientSecret, "CLIENT_SECRET"]);
  const lines = [curlWithUrl(origin, filled, variables)];
  for (const [name, value] of filled.headers)
    lines.push(`-H ${shellQuote(value === "" ? `${name};` : `${name}: ${value}`)}`);
  for (const [place, variable] of variables) {
    if (place.in === "header") lines.push(`-H ${headerWithVariable(place.name, variable)}`);
  }
  if (token) lines.push('-H "Authorization: Bearer $ACCESS_TOKEN"');
  else if (authorization) lines.push('-H "Authorization: $AUTHORIZATION"');
  if (filled.body !== null) lines.push(`--data-raw ${shellQuote(filled.body)}`);
  return lines.join(" \\\n  ");
}

function curlWithUrl(origin: string, request: BuiltRequest, variables: [Place, string][]): string {
  const url = origin + requestTarget(request);
  const inQuery = variables.filter(([place]) => place.in === "query");
  let quoted = shellQuote(url);
  let joiner = request.query.length > 0 ? "&" : "?";
  for (const [place, variable] of inQuery) {
    quoted += `${shellQuote(`${joiner}${encodeURIComponent(place.name).replaceAll("'", "%27")}=`)}"$${variable}"`;
    joiner = "&";
  }
  // curl would read brackets and braces of an address as a range of addresses.
  const glob = /[[\]{}]/.test(url) ? "--globoff " : "";
  const sendsBody = request.body !== null;
  const method = request.method === (sendsBody ? "POST" : "GET") ? "" : methodFlag(request.method);
  return `curl ${glob}${method}${quoted}`;
}

/** HEAD with -X waits for a body that never comes; -I is the one that works. */
const methodFlag = (method: string): string => (method === "HEAD" ? "-I " : `-X ${method} `);
