import { once } from "node:events";
import { request } from "node:http";
import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { importApiDefinition } from "#lib/api-definition/import-api-definition.ts";
import { setBackend } from "#lib/backend/set-backend.ts";
import { db } from "#lib/db/client.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { backendRow } from "#lib/test-kit/backend-row.ts";
import { issue } from "#lib/test-kit/certificates.ts";
import { eventually } from "#lib/test-kit/eventually.ts";
import {
  changeBackend,
  type FixtureApi,
  type FixturePublished,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { provider } from "#lib/test-kit/people.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";
import { startTlsBackend, startTokenServer, type TlsBackend, type TokenServer } from "./kit/tls-backend.ts";

// G15: a backend that demands each way of signing in gets it. S12-S15, S28-S31, T12, T39.

const authority = issue({ authority: true, commonName: "own authority" });
const stranger = issue({ authority: true, commonName: "another authority" });
const localhost = issue({ issuer: authority, hosts: ["localhost"] });
const client = issue({ issuer: authority, commonName: "gateway" });
const renewed = issue({ issuer: authority, commonName: "renewed gateway" });
const identity = { certificate: client.certificate, key: client.key };

let endStream: () => void = () => undefined;
let demanding: TlsBackend;
let tokens: TokenServer;
const others: TlsBackend[] = [];
let places = 0;

const fixture = ownFixture(async () => {
  tokens = await startTokenServer();
});
beforeAll(async () => {
  demanding = await startTlsBackend({
    own: localhost,
    clientAuthority: authority.certificate,
    onStream: (end) => {
      endStream = end;
    },
  });
});
afterAll(async () => {
  for (const each of [demanding, ...others]) await each.stop();
  await tokens.stop();
});

/** Publishes an open API with this backend at a base path of its own. */
function api(backendUrl: string, backend: FixtureApi["backend"] = {}): Promise<FixturePublished> {
  places += 1;
  const operations = [operation("GET", "/x"), operation("POST", "/x"), operation("GET", "/stream")];
  return publish({ place: fixture.place, backendUrl, basePath: `/b${places}`, operations, backend });
}

async function refusal(path: string) {
  const answer = await call(`${path}/x`);
  return [answer.status, answer.json?.code];
}

test("a key goes along in its header, and no spelling of a client's own does (T7)", async () => {
  const key = { authKind: "header", headerName: "X-Backend-Key", password: "of the gateway" } as const;
  const { path } = await api(fixture.backend.url, key);
  await call(`${path}/x`, {
    headers: [
      ["x-backend-key", "evil"],
      ["X_Backend_Key", "evil"],
      ["X.Backend.Key", "evil"],
      ["Connection", "X-Backend-Key"],
    ],
  });
  expect(fixture.backend.header("x-backend-key")).toEqual(["of the gateway"]);
  expect(JSON.stringify(fixture.backend.calls.at(-1)?.rawHeaders)).not.toContain("evil");
});

test("a backend without authentication gets none (S29)", async () => {
  const { path } = await api(fixture.backend.url);
  await call(`${path}/x`, { headers: [["Authorization", "Bearer of-the-client"]] });
  expect(fixture.backend.header("authorization")).toEqual([]);
});

test("a redirect of a backend is an answer, and is not followed (T12)", async () => {
  const { path } = await api(fixture.backend.url);
  const seen = fixture.backend.calls.length;
  fixture.backend.answer = (_req, res) => void res.writeHead(302, { location: "http://169.254.169.254/" }).end();
  const answer = await call(`${path}/x`);
  fixture.backend.answer = undefined;
  expect([answer.status, answer.headers.location]).toEqual([302, "http://169.254.169.254/"]);
  expect(fixture.backend.calls.length).toBe(seen + 1);
});

test("an address in a forbidden network is not called, whatever stands in the database (T10)", async () => {
  for (const host of ["10.0.0.1", "2852039166", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]"]) {
    const { path } = await api(`http://${host}:1`);
    expect(await refusal(path), host).toEqual([502, "BACKEND_UNREACHABLE"]);
  }
});

const oauth = (more: FixtureApi["backend"] = {}) =>
  ({ authKind: "oauth", username: "id", password: "s3cret", tokenUrl: tokens.url, ...more }) as const;

test("many calls at once share one access token, and later ones too", async () => {
  const { path } = await api(fixture.backend.url, oauth({ tokenScope: "read" }));
  const before = tokens.requests.length;
  const answers = await Promise.all(Array.from({ length: 20 }, () => call(`${path}/x`)));
  await call(`${path}/x`, { method: "POST", body: "b", headers: [["Authorization", "Bearer of-the-client"]] });
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(tokens.requests.slice(before)).toEqual([
    { body: "grant_type=client_credentials&scope=read", authorization: `Basic ${btoa("id:s3cret")}` },
  ]);
  expect(fixture.backend.header("authorization")).toEqual([`Bearer token-${before + 1}`]);
});

test("the pair for the token stands in the body where the server wants it so", async () => {
  const { path } = await api(fixture.backend.url, oauth({ tokenAuthStyle: "body" }));
  await call(`${path}/x`);
  expect(tokens.requests.at(-1)).toEqual({
    body: "grant_type=client_credentials&client_id=id&client_secret=s3cret",
    authorization: undefined,
  });
});

test("a token that the backend no longer takes is replaced once, and a call without a body is repeated once", async () => {
  const { path } = await api(fixture.backend.url, oauth({ tokenScope: "replaced" }));
  await call(`${path}/x`);
  const before = tokens.requests.length;
  const seen = fixture.backend.calls.length;
  const old = fixture.backend.header("authorization")[0];
  fixture.backend.answer = (req, res) => void res.writeHead(req.headers.authorization === old ? 401 : 200).end();
  expect((await call(`${path}/x`)).status).toBe(200);
  expect([tokens.requests.length, fixture.backend.calls.length]).toEqual([before + 1, seen + 2]);
  // A backend that answers 401 to everything gets no new token with each call.
  fixture.backend.answer = (_req, res) => void res.writeHead(401).end();
  expect((await call(`${path}/x`)).status).toBe(401);
  expect((await call(`${path}/x`)).status).toBe(401);
  fixture.backend.answer = undefined;
  expect([tokens.requests.length, fixture.backend.calls.length]).toEqual([before + 1, seen + 4]);
});

test("a call with a body is not sent twice, and gets the backend's 401", async () => {
  const { path } = await api(fixture.backend.url, oauth({ tokenScope: "with body" }));
  await call(`${path}/x`);
  const seen = fixture.backend.calls.length;
  fixture.backend.answer = (_req, res) => void res.writeHead(401).end();
  const answer = await call(`${path}/x`, { method: "POST", body: "b" });
  fixture.backend.answer = undefined;
  expect([answer.status, fixture.backend.calls.length]).toEqual([401, seen + 1]);
});

test("a token near its end is replaced while calls go on with it", async () => {
  const { path } = await api(fixture.backend.url, oauth({ tokenScope: "short" }));
  // Two seconds before its end a token counts as ended, and in its last fifth it is to be replaced: this one at once.
  tokens.answer = (count) => ({
    status: 200,
    body: { access_token: `short-${count}`, token_type: "bearer", expires_in: 4 },
  });
  let go: () => void = () => undefined;
  await call(`${path}/x`);
  const first = fixture.backend.header("authorization");
  tokens.hold = new Promise((resolve) => {
    go = resolve;
  });
  const before = tokens.requests.length;
  // Until the renewal has begun; it is not answered yet, and calls do not wait for it.
  while (tokens.requests.length === before) {
    expect((await call(`${path}/x`)).status).toBe(200);
    expect(fixture.backend.header("authorization")).toEqual(first);
  }
  expect((await call(`${path}/x`)).status).toBe(200);
  expect(fixture.backend.header("authorization")).toEqual(first);
  go();
  tokens.hold = undefined;
  tokens.answer = undefined;
  expect(tokens.requests.length).toBe(before + 1);
});

test.each([
  ["an error", { status: 400, body: { error: "invalid_client" } }],
  ["no token", { status: 200, body: { token_type: "bearer" } }],
  ["a token with a line break", { status: 200, body: { access_token: "a\r\nX: y", token_type: "bearer" } }],
  ["another kind of token", { status: 200, body: { access_token: "a", token_type: "mac" } }],
  ["a redirect (T12)", { status: 302, body: {}, headers: { location: "http://127.0.0.1:1/" } }],
  ["more than a token", { status: 200, body: { access_token: "a".repeat(100_000), token_type: "bearer" } }],
])("a token endpoint that answers %s is 502, and the backend is not called", async (what, answer) => {
  tokens.answer = () => answer;
  const { path } = await api(fixture.backend.url, oauth({ tokenScope: what.slice(0, 20) }));
  const seen = fixture.backend.calls.length;
  expect(await refusal(path)).toEqual([502, "BACKEND_UNREACHABLE"]);
  tokens.answer = undefined;
  expect(fixture.backend.calls.length).toBe(seen);
});

test("a token endpoint in a forbidden network is not called (T10)", async () => {
  const { path } = await api(fixture.backend.url, oauth({ tokenUrl: "http://10.0.0.1/token" }));
  expect(await refusal(path)).toEqual([502, "BACKEND_UNREACHABLE"]);
});

test("S28: a backend that demands a client certificate of its own authority gets it, and is verified itself", async () => {
  const { path } = await api(demanding.url, { identity, authorities: authority.certificate });
  expect((await call(`${path}/x`)).text).toBe("ok");
  expect(demanding.calls.at(-1)).toMatchObject({ client: "gateway", serverName: "localhost" });
});

test("a certificate goes along with a functional ID or a key: they are set apart", async () => {
  const key = { authKind: "basic", username: "portico", password: "p" } as const;
  const { path } = await api(demanding.url, { ...key, identity, authorities: authority.certificate });
  expect((await call(`${path}/x`)).status).toBe(200);
});

test.each([
  ["wrong authority", "TLSv1.3", () => ({ own: localhost }), { authorities: stranger.certificate }],
  ["unknown authority", "TLSv1.3", () => ({ own: localhost }), {}],
  [
    "expired certificate",
    "TLSv1.3",
    () => ({ own: issue({ issuer: authority, hosts: ["localhost"], fromDays: -9, untilDays: -1 }) }),
    { authorities: authority.certificate },
  ],
  [
    "wrong name",
    "TLSv1.3",
    () => ({ own: issue({ issuer: authority, hosts: ["elsewhere.example"] }) }),
    { authorities: authority.certificate },
  ],
  [
    "no client certificate",
    "TLSv1.3",
    () => ({ own: localhost, clientAuthority: authority.certificate }),
    { authorities: authority.certificate },
  ],
  [
    "no client certificate",
    "TLSv1.2",
    () => ({ own: localhost, clientAuthority: authority.certificate }),
    { authorities: authority.certificate },
  ],
  [
    "client certificate of another authority",
    "TLSv1.3",
    () => ({ own: localhost, clientAuthority: stranger.certificate }),
    { authorities: authority.certificate, identity },
  ],
] as const)("T39: %s (%s) is 502 and never a plaintext retry", async (_what, tls, options, backend) => {
  const own = await startTlsBackend({ ...options(), tls });
  others.push(own);
  const { path } = await api(own.url, backend);
  const answer = await call(`${path}/x`);
  expect(answer.status).toBe(502);
  expect([own.calls.length, own.plainBytes]).toEqual([0, 0]);
});

/** Cause on record of a call; records are written a moment after the answer. */
function causeOf(requestId: string): Promise<string | null> {
  return eventually(async () => {
    const [row] = await db().$queryRaw<{ cause: string | null }[]>`
      select cause from "CallRecord" where "requestId" = ${requestId}::uuid`;
    if (!row) throw new Error("not written yet");
    return row.cause;
  });
}

test("a backend that could not be reached is recorded with its exact cause, of which the client learns nothing", async () => {
  const own = await startTlsBackend({ own: localhost });
  others.push(own);
  tokens.answer = () => ({ status: 500, body: {} });
  for (const [url, backend, cause] of [
    [own.url, {}, "backend-tls-failed"],
    [fixture.backend.url, oauth({ tokenScope: "cause" }), "backend-token-failed"],
    ["http://10.0.0.1", {}, "backend-address-forbidden"],
  ] as const) {
    const answer = await call(`${(await api(url, backend)).path}/x`);
    expect([answer.status, answer.json.detail]).toEqual([502, "The backend could not be reached"]);
    expect(await causeOf(answer.json.requestId)).toBe(cause);
  }
  tokens.answer = undefined;
});

test("T39: a server name other than the host's is sent and demanded", async () => {
  const own = await startTlsBackend({ own: issue({ issuer: authority, hosts: ["inner.example"] }) });
  others.push(own);
  const { path } = await api(own.url, { authorities: authority.certificate, serverName: "inner.example" });
  expect((await call(`${path}/x`)).status).toBe(200);
  expect(own.calls.at(-1)?.serverName).toBe("inner.example");
});

test("T39: a backend without TLS is not spoken to in clear because its address says https", async () => {
  const seen = fixture.backend.calls.length;
  const { path } = await api(fixture.backend.url.replace("http:", "https:"));
  expect((await call(`${path}/x`)).status).toBe(502);
  expect(fixture.backend.calls.length).toBe(seen);
});

test("T39: keys and secrets are sealed at rest", async () => {
  const published = await api(demanding.url, {
    ...oauth({ password: "sealed-canary" }),
    identity,
    authorities: authority.certificate,
  });
  const row = await db().backend.findFirstOrThrow({ where: { apiDefinitionId: published.apiDefinitionId } });
  const bytes = [row.sealedClientKey, row.sealedPassword].map((box) => Buffer.from(box ?? []).toString("latin1"));
  const text = JSON.stringify({ ...row, sealedClientKey: bytes[0], sealedPassword: bytes[1] });
  expect(bytes.every((box) => box.length > 0)).toBe(true);
  expect(text).not.toMatch(/PRIVATE KEY|sealed-canary/);
});

test("a renewed certificate is shown with the next call, and a call in flight ends on the old connection", async () => {
  const published = await api(demanding.url, { identity, authorities: authority.certificate });
  const { hostname, port } = new URL(inject("target"));
  const req = request({ host: hostname, port, path: `${published.path}/stream`, agent: false });
  req.end();
  const [res] = await once(req, "response");
  expect(String((await once(res, "data"))[0])).toBe("first");
  const next = { certificate: renewed.certificate, key: renewed.key };
  await changeBackend(published, backendRow(demanding.url, { identity: next, authorities: authority.certificate }));
  expect((await call(`${published.path}/x`)).status).toBe(200);
  expect(demanding.calls.at(-1)?.client).toBe("renewed gateway");
  expect(demanding.calls.at(-2)?.client).toBe("gateway");
  const ended = once(res, "end");
  const last = once(res, "data");
  endStream();
  expect(String((await last)[0])).toBe("last");
  await ended;
});

test("S31: a proof says which application called on which plan, for this backend and this call alone", async () => {
  const backend = { proof: true, authKind: "basic", username: "portico", password: "p" } as const;
  const operations = [operation("GET", "/x", [["id", "secret"]]), operation("GET", "/open")];
  const common = { place: fixture.place, backendUrl: fixture.backend.url, schemes: pairInHeaders, operations };
  const published = await publish({ ...common, basePath: "/proof", backend });
  const application = await makeApplication(fixture.place);
  const credential = await makeCredential(application);
  await subscribe(application, published);
  const keys = await db().signingKey.findMany();
  const jwks = createLocalJWKSet({ keys: keys.map(({ id, publicKey }) => ({ ...(publicKey as JWK), kid: id })) });
  const proven = async (path: string, headers: [string, string][]) => {
    const answer = await call(`${published.path}${path}`, {
      headers: [...headers, ["X-Gateway-Proof", "evil"], ["x_gateway_proof", "evil"]],
    });
    const proofs = fixture.backend.header("x-gateway-proof");
    expect([answer.status, proofs.length, fixture.backend.header("x_gateway_proof")]).toEqual([200, 1, []]);
    const options = { typ: "gateway-proof+jwt", algorithms: ["ES256"], audience: fixture.backend.url };
    const { payload } = await jwtVerify(proofs[0] ?? "", jwks, options);
    expect(payload.jti).toBe(answer.headers["x-request-id"]);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
    return payload;
  };
  expect(await proven("/x", pairHeaders(credential))).toMatchObject({
    sub: application,
    client_id: credential.clientId,
    plan: "default",
  });
  expect(await proven("/open", [])).not.toHaveProperty("sub");
});

test("S31: what an assembly sends to the backend carries proof and access token like any call", async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  const { owner, slug, organizationId } = await provider("Proof");
  const { id: catalogId } = await db().catalog.findFirstOrThrow({ where: { organizationId, slug: "sandbox" } });
  const source = `
openapi: 3.0.3
info: { title: Proof, version: 1.0.0 }
servers: [{ url: /assembled }]
x-ibm-configuration:
  enforced: true
  assembly:
    execute:
      - invoke: { title: first, target-url: $(target-url), output: answer }
      - set-variable: { actions: [{ set: message.headers.X-After, value: after }] }
paths:
  /x:
    get: { security: [], responses: { "200": { description: ok } } }
    post: { security: [], responses: { "200": { description: ok } } }
`;
  const { id: apiId } = await importApiDefinition(owner, { organization: slug, source });
  const signIn = oauth({ tokenScope: "assembled" });
  await setBackend(owner, { apiId, catalogId, url: fixture.backend.url, ...signIn, proof: true });
  await publishApi(owner, { apiId, catalogId });
  const path = `/${slug}/sandbox/assembled/x`;
  expect((await call(path)).status).toBe(200);
  const [proof = ""] = fixture.backend.header("x-gateway-proof");
  expect(decodeProtectedHeader(proof)).toMatchObject({ alg: "ES256", typ: "gateway-proof+jwt" });
  expect(fixture.backend.header("authorization")[0]).toMatch(/^Bearer token-/);
  // A body is not sent twice, here either.
  const seen = fixture.backend.calls.length;
  fixture.backend.answer = (_req, res) => void res.writeHead(401).end();
  await call(path, { method: "POST", body: "{}", headers: [["Content-Type", "application/json"]] });
  fixture.backend.answer = undefined;
  expect(fixture.backend.calls.length).toBe(seen + 1);
});

test("a limit of time that the backend's row sets holds for its calls", async () => {
  const { path } = await api(fixture.backend.url, { responseTimeoutMs: 100 });
  const ended = new Promise((resolve) => {
    fixture.backend.answer = (_req, res) => void res.on("close", resolve);
  });
  expect(await refusal(path)).toEqual([504, "BACKEND_TIMEOUT"]);
  await ended;
  fixture.backend.answer = undefined;
});

test("a short chunked body reaches the backend with its length, whole", async () => {
  const { path } = await api(fixture.backend.url);
  const { hostname, port } = new URL(inject("target"));
  const req = request({ host: hostname, port, path: `${path}/x`, method: "POST", agent: false });
  req.write("one");
  req.end("two");
  const [res] = await once(req, "response");
  await once(res.resume(), "end");
  expect(fixture.backend.calls.at(-1)?.body).toBe("onetwo");
  expect([fixture.backend.header("content-length"), fixture.backend.header("transfer-encoding")]).toEqual([["6"], []]);
});

test("a long chunked body that comes at once goes out whole, with its length", async () => {
  const { path } = await api(fixture.backend.url);
  const { hostname, port } = new URL(inject("target"));
  const req = request({ host: hostname, port, path: `${path}/x`, method: "POST", agent: false });
  const piece = "a".repeat(40_000);
  for (let i = 0; i < 10; i += 1) req.write(piece);
  req.end();
  const [res] = await once(req, "response");
  await once(res.resume(), "end");
  expect(fixture.backend.calls.at(-1)?.body.length).toBe(400_000);
  expect(fixture.backend.header("content-length")).toEqual(["400000"]);
});
