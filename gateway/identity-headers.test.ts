import { expect, test } from "vitest";
import { DECLARED, DROP, headerName, PASS } from "./header-names.ts";

// Which headers of a client reach a backend (T6, T7). That they do not, over real sockets, is in conformance/requirements.spec.ts.

const OURS = `
  Proxy X-Portico-Application X-Portico-Trace Client-IP CF-Connecting-IP CF-Connecting-IPv6 Remote-User X-Remote-User Remote-Addr
  X-Original-Host X-Original-URL X-Original-Forwarded-For X-Rewrite-URL X-SSL-Client-Cert SSL-Client-Verify SSL-Client-S-DN
  X-Client-Id X-Client-IP X-Client-Cert X-Client-DN Client-Cert Client-Cert-Chain X-Real-IP X-Forwarded-For X-Forwarded-Proto X-Forwarded
  Forwarded Forwarded-For True-Client-IP X-Cluster-Client-IP X-Originating-IP X-Remote-IP X-Remote-Addr X-ProxyUser-Ip Fastly-Client-IP
  Fly-Client-IP DO-Connecting-IP X-Azure-ClientIP X-Appengine-User-IP X-Appengine-User-Email X-NF-Client-Connection-IP X-Vercel-Forwarded-For
  X-ARR-ClientCert X-Envoy-External-Address Ali-CDN-Real-IP WL-Proxy-Client-IP X-Auth-Request-User X-Auth-Request-Email X-Authenticated-User
  X-Authenticated-Userid X-WebAuth-User X-Authentik-Username X-Pomerium-Claim-Email Tailscale-User-Login X-Consumer-Id X-Consumer-Username
  X-Credential-Identifier X-Anonymous-Consumer X-Userinfo X-Goog-Authenticated-User-Email X-Goog-IAP-JWT-Assertion X-Amzn-Oidc-Data
  X-Amzn-Oidc-Identity X-Amzn-Mtls-Clientcert X-MS-Client-Principal X-MS-Client-Principal-Name Cf-Access-Authenticated-User-Email
  X-JWT-Assertion OIDC-Claim-Sub Shib-Session-ID iv-user iv-groups SM-User SMUSER X-Gateway-Proof X-Request-Id X-Global-Transaction-Id
  Next-Action X-Middleware-Subrequest Impersonate-User HTTP-Client-IP HTTP-X-Forwarded-For Proxy-Authorization Proxy-Connection
  Keep-Alive TE Trailer Upgrade HTTP2-Settings
`
  .trim()
  .split(/\s+/);

test.each([
  ["as it is written", (name: string) => name],
  ["with _", (name: string) => name.replaceAll("-", "_")],
  ["with .", (name: string) => name.replaceAll("-", ".")],
  ["in capitals", (name: string) => name.toUpperCase()],
  [
    "in lower case, mixed",
    (name: string) =>
      name
        .toLowerCase()
        .replace("-", "_")
        .replace(/-(?=[^-]*$)/, "."),
  ],
  ["with other signs that are allowed in a name", (name: string) => name.replace("-", "!").replaceAll("-", "~")],
])("a header that says who calls, or how a message is framed, is ours to set, %s (F4)", (_how, spell) => {
  expect(OURS.map(spell).filter((name) => headerName(name).kind !== DROP)).toEqual([]);
});

const DECLARED_ONLY = `
  X-Vouch-User OAM_REMOTE_USER PF-Auth-Subject Mellon-Name-Id Teleport-Jwt-Assertion X-Openidconnect-Sub X-MS-Token-AAD-Access-Token
  AJP_remote_user Eppn Persistent-Id X-Azure-FDID CloudFront-Viewer-Address CloudFront-Viewer-Country X-MS-Forwarded-Client-IP X-MS-Proxy
  Ns-Client-IP Cf-Client-Cert-Sha256 True-Client-Cert X-LB-Client-IP X-Cluster-IP X-Client-Address X-RapidAPI-Proxy-Secret
  X-Mashery-Oauth-User-Context X-Kong-Consumer X-Gravitee-Application X-Hasura-User-Id X-Hasura-Role X-Scheme X-Url-Scheme
  Front-End-Https X-Forward-Proto Https X-HTTPS X-Real-Port X-Ms-Original-Url X-Accel-Mapping X-Accel-Redirect X-Sendfile-Type
  X-HTTP-Method-Override X-HTTP-Method X-Method-Override HTTP-Method-Override Cas-User Eduperson-Affiliation X-Peer-Addr
`
  .trim()
  .split(/\s+/);

test.each([
  ["as it is written", (name: string) => name],
  ["with _", (name: string) => name.replaceAll("-", "_")],
  ["with . in capitals", (name: string) => name.replaceAll("-", ".").toUpperCase()],
  ["with a sign at its end", (name: string) => `${name}_`],
])("a header that says who calls, how, or by which method passes only where it is declared, %s (F4)", (_how, spell) => {
  expect(DECLARED_ONLY.map(spell).filter((name) => headerName(name).kind !== DECLARED)).toEqual([]);
});

test("a name of any length is known by its head and its end (F4)", () => {
  const long = "n-".repeat(100);
  const kinds = [`Cdn-${long}Ip`, `HTTP_CDN_${long}IP`, `X-Forwarded-${long}`, `Content-Length${"_".repeat(99)}`];
  expect(kinds.filter((name) => headerName(name).kind !== DROP)).toEqual([]);
  const declared = [`Ns-${long}Client-IP`, `X-Hasura-${long}`];
  expect(declared.filter((name) => headerName(name).kind !== DECLARED)).toEqual([]);
  expect(headerName(`X-${long}Ip`).kind).toBe(PASS);
});

test("another spelling of a header that frames a message is dropped, its own is read (F4)", () => {
  for (const name of [
    "Content_Length",
    "Content.Length",
    "CONTENT_LENGTH",
    "Transfer_Encoding",
    "transfer.encoding",
    "HTTP_HOST",
    "Content-Length_",
    "Authorization_",
    "HTTP-Authorization",
    "Content_Type",
    "Content.Encoding",
    "Origin!",
  ])
    expect([name, headerName(name).kind]).toEqual([name, DROP]);
  for (const name of ["Content-Length", "Transfer-Encoding", "Host", "Connection", "Expect", "Via", "Authorization"])
    expect([name, [PASS, DROP].includes(headerName(name).kind)]).toEqual([name, false]);
});

test("what clients have to say of themselves passes (F4)", () => {
  const theirs = `
    User-Agent Accept Accept-Language Content-Type Content-Encoding Cookie Origin Referer Range If-None-Match traceparent tracestate
    X-Correlation-Id X-API-Key X-Auth-Token X-Access-Token X-Client-Version X-Client-Name Client-Version X-User-Agent X-Requested-With
    Idempotency-Key X-RapidAPI-Key X-RapidAPI-Host X-Gravitee-Api-Key X-Hasura-Admin-Secret x-ms-date x-ms-version Shipping-Address X-Custom user_id user.name Sec-Fetch-Mode Prefer From Date X-Proxied X-Sslless X-Tlsx Oidc
    X-Forward X-Original Remote Forward Sm Iv X-Certificate Client Auth Proxies Http X-Appengine CF-Ray
  `
    .trim()
    .split(/\s+/);
  expect(theirs.filter((name) => headerName(name).kind !== PASS)).toEqual([]);
});
