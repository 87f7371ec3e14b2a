import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { db } from "#lib/db/client.ts";
import type { Cause } from "#lib/errors/refusals.ts";
import { newClientId } from "#lib/ids.ts";
import { eventually } from "#lib/test-kit/eventually.ts";
import {
  addSecret,
  change,
  type FixtureCredential,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { sendRaw } from "./kit/client.ts";
import { operation, ownFixture, pairInHeaders } from "./kit/own-fixture.ts";
import { type OwnGateway, startGateway } from "./kit/own-gateway.ts";

// The exact cause of each refusal, as the owner of the application will read it; the client never does. On a gateway of
// its own: what names no API shares one sample of records a minute with every other suite's calls (F5).

const who = {} as Record<
  "good" | "ended" | "revoked" | "expired" | "production" | "pending" | "held" | "stranger" | "suspended",
  FixtureCredential
>;
const ended = newClientSecret("sandbox");
let path = "";
let prefix = "";
let gateway: OwnGateway;

ownFixture(async ({ place, backend }) => {
  const operations = [operation("GET", "/x", [["id", "secret"]]), operation("POST", "/open")];
  const several = { ...pairInHeaders, other: { key: "client_id", in: "header", name: "X-Other" } } as const;
  const api = await publish({ place, backendUrl: backend.url, basePath: "/causes", schemes: several, operations });
  path = api.path;
  prefix = place.prefix;
  const make = async (state: Parameters<typeof subscribe>[2] | null, options = {}) => {
    const applicationId = await makeApplication(place);
    if (state) await subscribe(applicationId, api, state);
    return makeCredential(applicationId, options);
  };
  who.good = await make("active");
  who.ended = await make("active");
  who.revoked = await make("active");
  who.expired = await make("active", { expiresAt: new Date(Date.now() - 1_000) });
  who.production = await make("active", { environment: "production" });
  who.pending = await make("pending");
  who.held = await make("suspended");
  who.stranger = await make(null);
  who.suspended = await make("active");
  await change("credential", who.ended.id, (tx) =>
    addSecret(tx, who.ended.id, who.ended.clientId, ended, new Date(Date.now() - 1_000)),
  );
  await change("credential", who.revoked.id, (tx) =>
    tx.credential.update({ where: { id: who.revoked.id }, data: { status: "revoked" } }),
  );
  await change("application", who.suspended.applicationId, (tx) =>
    tx.application.update({ where: { id: who.suspended.applicationId }, data: { state: "suspended" } }),
  );
});

beforeAll(async () => {
  gateway = await startGateway(inject("databaseUrl"));
});
afterAll(async () => {
  await gateway.stop();
});

const get = (target: string, ...headers: string[]) =>
  `GET ${target} HTTP/1.1\r\n${["Host: a", "Connection: close", ...headers].join("\r\n")}\r\n\r\n`;
const post = (...headers: string[]) =>
  `POST ${path}/open HTTP/1.1\r\n${["Host: a", "Connection: close", ...headers].join("\r\n")}\r\n\r\n`;
const id = (value: string) => `X-IBM-Client-Id: ${value}`;
const secret = (value: string) => `X-IBM-Client-Secret: ${value}`;
const as = ({ clientId, secret: value }: FixtureCredential) => get(`${path}/x`, id(clientId), secret(value));
const chunk = `100000\r\n${"a".repeat(0x100000)}\r\n`;

const rows: [cause: Cause, code: string, bytes: () => string][] = [
  ["target-malformed", "REQUEST_MALFORMED", () => get(`${path}/%2e%2e/x`)],
  ["host-malformed", "REQUEST_MALFORMED", () => get(`${path}/x`, "Host: b")],
  ["framing-malformed", "REQUEST_MALFORMED", () => post("Transfer-Encoding: chunked").replace("HTTP/1.1", "HTTP/1.0")],
  ["expectation-unknown", "REQUEST_MALFORMED", () => post("Expect: magic")],
  [
    "headers-too-many",
    "HEADERS_TOO_LARGE",
    () => get(`${path}/x`, ...Array.from({ length: 120 }, (_, i) => `X-${i}: a`)),
  ],
  ["headers-too-long", "HEADERS_TOO_LARGE", () => get(`${path}/x`, `X-A: ${"a".repeat(17_000)}`)],
  ["body-announced", "BODY_TOO_LARGE", () => post("Content-Length: 99999999")],
  ["body-grew", "BODY_TOO_LARGE", () => `${post("Transfer-Encoding: chunked")}${chunk.repeat(10)}1\r\na\r\n`],
  ["catalog-unknown", "API_NOT_FOUND", () => get("/no/where/x")],
  ["base-path-unknown", "API_NOT_FOUND", () => get(`/${prefix}/sandbox/no-such-base`)],
  ["absent", "CREDENTIAL_MISSING", () => get(`${path}/x`)],
  ["empty", "CREDENTIAL_MISSING", () => get(`${path}/x`, "X-IBM-Client-Id:")],
  ["wrong-location", "CREDENTIAL_MISSING", () => get(`${path}/x?client_id=${who.good.clientId}`)],
  ["id-repeated", "MULTIPLE_CLIENT_IDS", () => get(`${path}/x`, id("a"), id("b"))],
  ["id-in-both-places", "MULTIPLE_CLIENT_IDS", () => get(`${path}/x?client_id=${who.good.clientId}`, id("a"))],
  ["id-in-several-schemes", "MULTIPLE_CLIENT_IDS", () => get(`${path}/x`, id("a"), "X-Other: a")],
  ["unknown-id", "CLIENT_ID_NOT_REGISTERED", () => as({ ...who.good, clientId: newClientId() })],
  ["other-environment", "CLIENT_ID_NOT_REGISTERED", () => as(who.production)],
  ["secret-wrong", "CREDENTIAL_INVALID", () => as({ ...who.good, secret: newClientSecret("sandbox") })],
  ["secret-malformed", "CREDENTIAL_INVALID", () => as({ ...who.good, secret: "secret" })],
  ["secret-ended", "CREDENTIAL_INVALID", () => as({ ...who.ended, secret: ended })],
  ["credential-revoked", "CREDENTIAL_INVALID", () => as(who.revoked)],
  ["credential-expired", "CREDENTIAL_INVALID", () => as(who.expired)],
  ["no-subscription", "NOT_SUBSCRIBED", () => as(who.stranger)],
  ["subscription-pending", "NOT_SUBSCRIBED", () => as(who.pending)],
  ["subscription-suspended", "APPLICATION_SUSPENDED", () => as(who.held)],
  ["application-suspended", "APPLICATION_SUSPENDED", () => as(who.suspended)],
];

test.each(rows)("%s is on record behind %s, and nowhere in the answer", async (cause, code, bytes) => {
  const { text } = await sendRaw(bytes(), gateway.address);
  const requestId = /X-Request-Id: (\S+)/.exec(text)?.[1];
  expect(text).toContain(`"code":"${code}"`);
  expect(text).not.toContain(cause);
  const row = await eventually(async () => {
    const [found] = await db().$queryRaw<{ cause: string; code: string }[]>`
      select cause, code from "CallRecord" where "requestId" = ${requestId}::uuid`;
    if (!found) throw new Error("not written yet");
    return found;
  });
  expect(row).toEqual({ cause, code });
});
