import { createHash } from "node:crypto";
import { headerName } from "#gateway/header-names.ts";
import { type ClientCredentials, tokenAuthorities } from "#gateway/upstream/backend-token.ts";
import type { BackendTls, Endpoint } from "#gateway/upstream/connect.ts";
import type { BackendForGateway } from "#lib/backend/read-backends-for-gateway.ts";
import type { Backend } from "./model.ts";

/** Whatever can be known before a call: endpoint, headers, requests for tokens. Throws when the address is none. */
export function compileBackend(row: BackendForGateway): Backend {
  const url = new URL(row.url);
  const secured = url.protocol === "https:";
  const tls = secured
    ? { identity: row.identity, authorities: row.authorities || null, serverName: row.serverName || null }
    : null;
  // Failing closed: what is to be proved by a certificate is never sent in clear (T39).
  if (!secured && (row.identity || row.authorities)) throw new Error("the backend has a certificate and no TLS");
  const signIn = signInOf(row);
  return {
    endpoint: endpointOf(url, tls, row.connectTimeoutMs),
    pathPrefix: url.pathname.replace(/\/+$/, ""),
    host: url.host,
    signIn,
    // In the form in which a client's names are compared with it.
    ownHeader: headerName(signIn[0] ?? "").canonical,
    credentials: row.authKind === "oauth" ? credentialsOf(row) : null,
    proof: row.proof,
    responseTimeoutMs: row.responseTimeoutMs,
  };
}

/** Where connections for an address lead. */
export function endpointOf(url: URL, tls: BackendTls | null, connectTimeoutMs: number): Endpoint {
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new Error("the backend is neither http nor https");
  if ((url.protocol === "https:") !== (tls !== null)) throw new Error("https is TLS, and http is not");
  return {
    key: `${url.origin} ${digest([connectTimeoutMs, tls])}`,
    origin: url.origin,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (tls ? 443 : 80),
    tls,
    connectTimeoutMs,
  };
}

function signInOf({ authKind, username, password, headerName }: BackendForGateway): readonly string[] {
  if (authKind === "basic") return ["Authorization", `Basic ${base64(`${username}:${password}`)}`];
  if (authKind === "header") return [headerName, password];
  return [];
}

function credentialsOf(row: BackendForGateway): ClientCredentials {
  const { username, password, tokenScope, authorities, connectTimeoutMs } = row;
  const url = new URL(row.tokenUrl);
  // The client certificate is for the backend alone.
  const own = { identity: null, authorities: authorities && tokenAuthorities(authorities), serverName: null };
  const tls = url.protocol === "https:" ? { ...own, authorities: own.authorities || null } : null;
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (tokenScope !== "") form.set("scope", tokenScope);
  // RFC 6749 2.3.1: both halves are form-encoded before they are joined.
  const basic = row.tokenAuthStyle === "basic" && `Basic ${base64(`${encode(username)}:${encode(password)}`)}`;
  if (!basic) {
    form.set("client_id", username);
    form.set("client_secret", password);
  }
  const endpoint = endpointOf(url, tls, connectTimeoutMs);
  const request = { path: url.pathname, body: form.toString(), authorization: basic || null };
  return { key: digest([endpoint.key, request]), endpoint, ...request };
}

const encode = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);
const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
/** Names what it is made of and does not show it: keys of pools and tokens hold no secret. */
const digest = (of: unknown): string => createHash("sha256").update(JSON.stringify(of)).digest("base64url");
