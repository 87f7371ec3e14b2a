import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anonymous } from "#lib/access/actor.ts";
import { openApplication } from "#lib/application/open-application.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { makeVerifier } from "#lib/crypto/client-secret.ts";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { listSubscribers } from "#lib/subscription/list-subscribers.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { dumpAllTables } from "#lib/test-kit/dump.ts";
import { consumer, provider } from "#lib/test-kit/people.ts";
import { publishedWeather } from "#lib/test-kit/published.ts";
import { type Statement, statementsOf } from "#lib/test-kit/statements.ts";
import { callValues } from "./explore.schema.ts";
import { findPublished } from "./find-published.ts";
import { getAccessToken } from "./get-access-token.ts";
import { grantExplore } from "./grant-explore.ts";
import { listCallers } from "./list-callers.ts";
import { readExploreApi, readExploreCatalog, readExploreOperation } from "./read-explore.ts";
import { type RelayedCall, relayCall } from "./relay-call.ts";

ownDatabase();

/** Stands for the gateway: answers what it got. */
let echo: Server;
let seen: { url: string; headers: string[] } | undefined;
beforeAll(async () => {
  echo = createServer((request: IncomingMessage, response) => {
    seen = { url: request.url ?? "", headers: request.rawHeaders };
    if (request.url === "/oidc/token") void answerToken(request, response);
    else if (request.url?.includes("redirect"))
      response.writeHead(302, { Location: "http://127.0.0.1:1/elsewhere" }).end();
    else
      response
        .writeHead(
          200,
          [
            ["Set-Cookie", "a"],
            ["Set-Cookie", "b"],
          ].flat(),
        )
        .end("the body");
  });
  await new Promise<void>((ready) => echo.listen(0, "127.0.0.1", ready));
  process.env.GATEWAY_URL = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
});
afterAll(() => void echo.close());

/** As the gateway's token endpoint: anything for the pair, one API key alone. */
let asked: { authorization: string | undefined; form: URLSearchParams } | undefined;
async function answerToken(request: IncomingMessage, response: ServerResponse) {
  asked = { authorization: request.headers.authorization, form: new URLSearchParams(await textOf(request)) };
  const key = asked.form.get("apikey");
  const status = key === "too often" ? 429 : key === null || key === "psk_right" ? 200 : 400;
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(status === 200 ? '{"access_token":"ey.of.ours","expires_in":600}' : '{"error":"invalid_grant"}');
}

async function scene() {
  const acme = await provider("Acme");
  const kit = await publishedWeather(acme);
  const { owner, organizationId } = await consumer();
  const registered = await registerApplication(owner, { organizationId, name: "Storefront", environment: "sandbox" });
  const { applicationId } = registered;
  const subscribe = () =>
    requestSubscription(owner, { applicationId, releaseId: kit.releaseId, planId: kit.plans.free });
  const call = (over: Partial<RelayedCall> & { operation?: string } = {}): RelayedCall => ({
    target: { ...kit.ref, operation: over.operation ?? "current" },
    values: over.values ?? callValues.parse({ query: { zipcode: "90210" } }),
    credential: over.credential ?? { mode: "grant", applicationId },
  });
  const relay = (c: RelayedCall, actor: Parameters<typeof relayCall>[0] = owner) =>
    relayCall(actor, c, { signal: AbortSignal.timeout(5_000), address: "test" });
  return { acme, kit, owner, organizationId, applicationId, subscribe, call, relay };
}
const code = (work: Promise<unknown>) => work.then(() => "done").catch((e) => e.code);
async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  let text = "";
  for await (const chunk of body ?? []) text += Buffer.from(chunk).toString();
  return text;
}
const sent = (name: string) => seen?.headers[seen.headers.indexOf(name) + 1];

test("a grant is a credential of ten minutes for one catalog, whose secret is derived and stored nowhere (ruling 1.7)", async () => {
  const { kit, owner, organizationId, applicationId, subscribe } = await scene();
  await subscribe();
  const grant = await grantExplore(owner, { api: kit.ref, applicationId });
  const row = await db().credential.findUniqueOrThrow({
    where: { clientId: grant.clientId },
    include: { secrets: true },
  });
  expect(row).toMatchObject({ kind: "explore", catalogId: kit.catalogId, environment: "sandbox", status: "active" });
  expect((row.expiresAt?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(600_000);
  expect(Buffer.from(row.secrets[0]?.verifier ?? [])).toEqual(makeVerifier(grant.clientId, grant.secret).verifier);
  expect(await dumpAllTables()).not.toContain(grant.secret);
  expect(await db().auditEvent.count({ where: { organizationId, action: "explore.granted" } })).toBe(1);
});

test("a grant is used again while it is valid, made anew at its end, and the ended one leaves", async () => {
  const { kit, owner, applicationId, subscribe } = await scene();
  await subscribe();
  const input = { api: kit.ref, applicationId };
  const first = await grantExplore(owner, input);
  expect(await grantExplore(owner, input)).toEqual(first);
  const later = () => new Date(Date.now() + 11 * 60_000);
  const second = await grantExplore(owner, input, later);
  expect(second.clientId).not.toBe(first.clientId);
  expect(await db().credential.count({ where: { clientId: first.clientId } })).toBe(0);
});

test("no grant without a subscription in force, nor for a foreign application", async () => {
  const { kit, owner, applicationId } = await scene();
  const input = { api: kit.ref, applicationId };
  expect(await code(grantExplore(owner, input))).toBe("STATE_INVALID");
  const stranger = (await consumer()).owner;
  expect(await code(grantExplore(stranger, input))).toBe("NOT_FOUND");
  expect(await code(grantExplore(anonymous, input))).toBe("SIGN_IN_REQUIRED");
});

test("the relay builds the target from what is published and attaches the grant where the schemes say (S60)", async () => {
  const { acme, kit, subscribe, call, relay } = await scene();
  await subscribe();
  const { head, body } = await relay(call());
  const base = (await db().publishedApi.findUniqueOrThrow({ where: { id: kit.publishedApiId } })).basePath;
  expect(seen?.url).toBe(`/${acme.slug}/sandbox${base}/current?zipcode=90210`);
  expect(sent("X-IBM-Client-Id")).toMatch(/^[0-9a-f]{32}$/);
  expect(sent("X-IBM-Client-Secret")).toMatch(/^pcs_test_/);
  expect(head).toMatchObject({ answered: true, status: 200, clientId: sent("X-IBM-Client-Id") });
  expect(head.answered && head.headers.filter(([n]) => n === "Set-Cookie").map(([, v]) => v)).toEqual(["a", "b"]);
  expect(await textOf(body)).toBe("the body");
  expect(JSON.stringify(head)).not.toContain("pcs_");
});

test("a typed client ID overrides the grant's (S57), and an own pair travels as typed", async () => {
  const { applicationId, subscribe, call, relay } = await scene();
  await subscribe();
  await relay(call({ credential: { mode: "grant", applicationId, clientId: "random" } }));
  expect(sent("X-IBM-Client-Id")).toBe("random");
  await relay(call({ credential: { mode: "own", clientId: "mine", clientSecret: "my-secret" } }));
  expect([sent("X-IBM-Client-Id"), sent("X-IBM-Client-Secret")]).toEqual(["mine", "my-secret"]);
});

test("a token for an application is asked for with Portico's own credential, whose secret stays here (W5)", async () => {
  const { kit, owner, applicationId, subscribe, call, relay } = await scene();
  await subscribe();
  const from = { kind: "application", applicationId } as const;
  const token = await getAccessToken(owner, { api: kit.ref, from }, AbortSignal.timeout(5_000));
  expect(token).toEqual({ accessToken: "ey.of.ours", expiresInSeconds: 600 });
  const grant = await grantExplore(owner, { api: kit.ref, applicationId });
  expect(asked?.authorization).toBe(`Basic ${Buffer.from(`${grant.clientId}:${grant.secret}`).toString("base64")}`);
  expect([...(asked?.form ?? [])]).toEqual([["grant_type", "client_credentials"]]);
  await relay(call({ credential: { mode: "token", accessToken: token.accessToken } }));
  expect(sent("Authorization")).toBe("Bearer ey.of.ours");
  expect(seen?.headers.join(" ")).not.toMatch(/client/i);
  expect(await dumpAllTables()).not.toContain(token.accessToken);
});

test("an API key is exchanged as it is, and what is wrong with it is said in words beside its field", async () => {
  const { kit, owner, applicationId } = await scene();
  const get = (apiKey: string, actor: Parameters<typeof getAccessToken>[0] = owner) =>
    getAccessToken(actor, { api: kit.ref, from: { kind: "api-key", apiKey } }, AbortSignal.timeout(5_000)).catch(
      (e) => e,
    );
  expect(await get("psk_right")).toMatchObject({ accessToken: "ey.of.ours" });
  expect([asked?.authorization, asked?.form.get("grant_type")]).toEqual([
    undefined,
    "urn:ibm:params:oauth:grant-type:apikey",
  ]);
  expect(await get("psk_wrong")).toMatchObject({ code: "INPUT_INVALID", fields: [{ field: "from.apiKey" }] });
  expect(await get("too often")).toMatchObject({ code: "STATE_INVALID", detail: expect.stringMatching(/in a minute/) });
  expect(await get("psk_right", anonymous)).toMatchObject({ code: "SIGN_IN_REQUIRED" });
  const from = { kind: "application", applicationId } as const;
  expect(await code(getAccessToken(owner, { api: kit.ref, from }, AbortSignal.timeout(5_000)))).toBe("STATE_INVALID");
});

test("Authorization of the API's own scheme travels where it has one, and nowhere else", async () => {
  const { kit, call, relay } = await scene();
  const values = callValues.parse({ path: { region: "west" } });
  const open = { ...call({ operation: "status", values }), authorization: "Bearer theirs" };
  await relay(open);
  expect(seen?.headers).not.toContain("Authorization");
  const row = await db().publishedApi.findUniqueOrThrow({
    where: { id: kit.publishedApiId },
    select: { revisionId: true, revision: { select: { compiled: true } } },
  });
  const compiled = { ...(row.revision.compiled as object), forwardsAuthorization: true };
  await db().apiRevision.update({ where: { id: row.revisionId }, data: { compiled } });
  await relay(open);
  expect(sent("Authorization")).toBe("Bearer theirs");
  expect(await code(relay({ ...open, authorization: "Bearer a\r\nHost: b" }))).toBe("INPUT_INVALID");
});

test("an operation that needs no credential gets none, and anybody may call it", async () => {
  const { call, relay } = await scene();
  const values = callValues.parse({ path: { region: "west coast" } });
  const { head } = await relay(call({ operation: "status", values }), anonymous);
  expect(head.answered && head.status).toBe(200);
  expect(seen?.url).toMatch(/\/status\/west%20coast$/);
  expect(seen?.headers.join(" ")).not.toMatch(/client/i);
  expect(await code(relay(call(), anonymous))).toBe("SIGN_IN_REQUIRED");
});

test("nothing that the caller sends can lead the relay anywhere else than to the operation, and redirects are not followed", async () => {
  const { call, relay } = await scene();
  for (const region of [
    "http://127.0.0.1:1/x",
    "//127.0.0.1:1",
    "..",
    "../../../admin",
    "@127.0.0.1:1",
    "a\r\nHost: b",
    "a?b#c",
  ]) {
    const values = callValues.parse({ path: { region } });
    seen = undefined;
    const answered = await code(relay(call({ operation: "status", values })));
    if (answered === "done") expect(seen).toMatchObject({ url: expect.stringMatching(/\/status\/[^/?#]*$/) });
    else expect([answered, seen]).toEqual(["INPUT_INVALID", undefined]);
  }
  const redirected = await relay(
    call({ operation: "status", values: callValues.parse({ path: { region: "redirect" } }) }),
  );
  expect(redirected.head).toMatchObject({ status: 302 });
});

test("a gateway that does not answer is told as such", async () => {
  const { call, relay } = await scene();
  const port = (echo.address() as AddressInfo).port;
  echo.closeAllConnections();
  await new Promise<void>((closed) => echo.close(() => closed()));
  const { head } = await relay(call({ operation: "status", values: callValues.parse({ path: { region: "x" } }) }));
  expect(head).toMatchObject({ answered: false, reason: "refused" });
  await new Promise<void>((ready) => echo.listen(port, "127.0.0.1", ready));
});

/** Statements that were asked more than once with the same values. */
const repeated = (statements: Statement[]): string[] => {
  const texts = statements.map((statement) => JSON.stringify(statement));
  return [...new Set(texts.filter((text, at) => texts.indexOf(text) !== at))];
};

test("a call of the console asks the database nothing twice, and an application's page looks it up once (F76)", async () => {
  const { owner, applicationId, subscribe, call, relay } = await scene();
  await subscribe();
  await relay(call());
  const relayed = await statementsOf(() => relay(call()));
  expect(relayed.length).toBeGreaterThan(3);
  expect(repeated(relayed)).toEqual([]);
  const opened = await statementsOf(() => openApplication(owner, { applicationId }));
  expect(opened.filter(({ text }) => text.includes(`"Application"."isTest"`))).toHaveLength(1);
});

test("the picker says honestly what holds for each application", async () => {
  const { kit, owner, organizationId, applicationId, subscribe } = await scene();
  expect((await listCallers(anonymous, await findPublished(kit.ref))).rows).toEqual([]);
  expect((await listCallers(owner, await findPublished(kit.ref))).rows).toMatchObject([
    { state: "not-subscribed", plan: null },
  ]);
  await subscribe();
  const other = await registerApplication(owner, { organizationId, name: "Waiting", environment: "production" });
  await requestSubscription(owner, {
    ...{ applicationId: other.applicationId, releaseId: kit.releaseId, planId: kit.plans.gold },
  });
  expect((await listCallers(owner, await findPublished(kit.ref))).rows).toMatchObject([
    { id: applicationId, state: "ready", plan: "Free", clientIds: [expect.any(String)] },
    { name: "Waiting", state: "pending", plan: "Gold", clientIds: [] },
  ]);
});

test("Explore opens for a catalog, lists and filters operations, and reads one, without signing in (S61, S62)", async () => {
  const { kit } = await scene();
  const { catalog, apis } = await readExploreCatalog(kit.ref);
  expect([catalog.title, apis.rows[0]?.ref.api]).toEqual(["Sandbox", "weather"]);
  const { api, operations } = await readExploreApi(kit.ref);
  expect([api.operationCount, operations.map((o) => o.key)]).toEqual([2, ["current", "status"]]);
  expect((await readExploreApi(kit.ref, "REGION")).operations.map((o) => o.key)).toEqual(["status"]);
  const operation = await readExploreOperation({ ...kit.ref, operation: "current" });
  expect(operation.need.clientId).toEqual({ in: "header", name: "X-IBM-Client-Id" });
  expect(await code(readExploreOperation({ ...kit.ref, operation: "nope" }))).toBe("NOT_FOUND");
  expect(await code(readExploreApi({ ...kit.ref, api: "nope" }))).toBe("NOT_FOUND");
});

test("past the console's budget no body is read (F64)", async () => {
  let read = 0;
  const given = async () => {
    read += 1;
    throw new Error("read");
  };
  const relay = (address: string) =>
    relayCall(anonymous, given, { signal: AbortSignal.timeout(5_000), address }).catch((error) => error);
  const answers = [];
  for (let n = 0; n < 125; n += 1) answers.push(await relay(`2001:db8:7:7::${n.toString(16)}`));
  expect(read).toBe(120);
  expect(answers.slice(120).map((error) => error.code)).toEqual(Array(5).fill("TOO_MANY_ATTEMPTS"));
});

test("among hundreds of applications the picker has those that may call, says that there are more, and finds them by name (F72)", async () => {
  const { kit, owner, organizationId, applicationId, subscribe } = await scene();
  await subscribe();
  const names = Array.from({ length: 120 }, (_, n) => `Later ${n}`);
  for (const name of names) await db().application.create({ data: { id: newId(), organizationId, name } });
  const published = await findPublished(kit.ref);
  const first = await listCallers(owner, published);
  expect([first.rows[0]?.id, first.rows.length, first.more]).toEqual([applicationId, 100, true]);
  const found = await listCallers(owner, published, "later 1");
  expect([found.rows.length, found.more]).toEqual([31, false]);
  expect((await listCallers(owner, published, "STOREFRONT")).rows).toMatchObject([
    { id: applicationId, state: "ready" },
  ]);
  const target = { catalogId: kit.catalogId, environment: "sandbox" as const, productIds: [] };
  const subscribers = await listSubscribers(owner, target);
  expect([subscribers.rows.length, subscribers.more]).toEqual([100, true]);
  expect((await listSubscribers(owner, { ...target, q: "storefront" })).rows).toMatchObject([{ callsHere: true }]);
});
