import { expect, test } from "vitest";
import { CHANNEL_HEADER, sayChannel } from "#lib/call-record/channel.ts";
import { startOf } from "#lib/call-record/request-id.ts";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { db } from "#lib/db/client.ts";
import { eventually } from "#lib/test-kit/eventually.ts";
import {
  addSecret,
  change,
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";
import { bearer, tokenFor } from "./kit/tokens.ts";

// What a call leaves on record, and what strangers leave.

let api: FixturePublished;
let app: FixtureCredential;
const newest = newClientSecret("sandbox");

const fixture = ownFixture(async ({ place, backend }) => {
  const admission = {
    cors: {
      origins: ["https://shop.example"],
      headers: null,
      exposeHeaders: [],
      credentials: false,
      maxAgeSeconds: 60,
    },
  };
  const operations = [
    operation("GET", "/x", [["id", "secret"]]),
    operation("GET", "/id", [["id"]]),
    operation("GET", "/open"),
  ];
  api = await publish({
    place,
    backendUrl: backend.url,
    basePath: "/kept",
    schemes: pairInHeaders,
    operations,
    admission,
  });
  const applicationId = await makeApplication(place);
  await subscribe(applicationId, api);
  app = await makeCredential(applicationId);
  // Rotated: the one that it has goes on for an hour.
  await change("credential", app.id, async (tx) => {
    await tx.credentialSecret.updateMany({
      where: { credentialId: app.id },
      data: { notAfter: new Date(Date.now() + 3_600_000), createdAt: new Date(Date.now() - 60_000) },
    });
    await addSecret(tx, app.id, app.clientId, newest);
  });
});

interface Row {
  time: Date;
  channel: string;
  secretAge: number | null;
  sampled: boolean | null;
}
const recordOf = (requestId: string | undefined): Promise<Row> =>
  eventually(async () => {
    const [row] = await db().$queryRaw<Row[]>`
      select "time", channel, "secretAge", sampled from "CallRecord" where "requestId" = ${requestId}::uuid`;
    if (!row) throw new Error("not written yet");
    return row;
  });

async function recorded(path: string, headers: [string, string][]): Promise<Row> {
  const answer = await call(`${api.path}${path}`, { headers });
  expect(answer.status).toBe(200);
  const id = answer.headers["x-request-id"];
  const row = await recordOf(id);
  expect(startOf(id ?? "")).toEqual(row.time);
  return row;
}

test("a record says which of two live secrets a call came with, by the pair and by a token, and its ID when it began", async () => {
  const [now, before] = [pairHeaders({ ...app, secret: newest }), pairHeaders(app)];
  expect(await recorded("/x", now)).toMatchObject({ secretAge: 0, channel: "http", sampled: null });
  expect(await recorded("/x", before)).toMatchObject({ secretAge: 1 });
  expect(await recorded("/x", [bearer(await tokenFor({ ...app, secret: newest }))])).toMatchObject({ secretAge: 0 });
  expect(await recorded("/x", [bearer(await tokenFor(app))])).toMatchObject({ secretAge: 1 });
  expect(await recorded("/id", [["X-IBM-Client-Id", app.clientId]])).toMatchObject({ secretAge: null });
  expect(await recorded("/open", [])).toMatchObject({ secretAge: null, sampled: null });
});

test("a record says by which channel a call came, which the installation alone can say, and which goes no further", async () => {
  for (const channel of ["explore", "test"] as const) {
    const said: [string, string] = [CHANNEL_HEADER, sayChannel(channel)];
    expect(await recorded("/x", [...pairHeaders(app), said])).toMatchObject({ channel });
    expect(fixture.backend.header(CHANNEL_HEADER)).toEqual([]);
  }
  const forged: [string, string] = [CHANNEL_HEADER, sayChannel("explore").replace("explore", "test")];
  expect(await recorded("/x", [...pairHeaders(app), forged])).toMatchObject({ channel: "http" });
  expect(fixture.backend.header(CHANNEL_HEADER)).toEqual([]);
});

test("junk of every kind is counted to the last call and leaves twenty records of each kind a minute at most, beside an honest client's every one (F5)", async () => {
  const wrong = newClientSecret("sandbox");
  const kinds: [path: string, headers: [string, string][], method?: string][] = [
    ["/x", pairHeaders({ ...app, secret: wrong })],
    ["/x", pairHeaders({ clientId: "f".repeat(32), secret: wrong })],
    ["/x", []],
    ["/x", [bearer("a.b.c")]],
    ["/nowhere", []],
    ["/open", [], "DELETE"],
    ["/../outside", []],
    [
      "/x",
      [
        ["Origin", "https://shop.example"],
        ["Access-Control-Request-Method", "GET"],
      ],
      "OPTIONS",
    ],
  ];
  const before = await refusedSoFar();
  const counted = await unauthenticatedSoFar();
  const honest: string[] = [];
  const times = 40;
  for (let i = 0; i < times; i += 1) {
    for (const [path, headers, method = "GET"] of kinds) await call(`${api.path}${path}`, { headers, method });
    const answer = await call(`${api.path}/x`, { headers: pairHeaders(app) });
    honest.push(answer.headers["x-request-id"] ?? "");
  }
  for (const id of honest) expect(await recordOf(id)).toMatchObject({ sampled: null });
  // All but the preflight and what never reached an API.
  await eventually(async () => expect((await refusedSoFar()) - before).toBe(times * (kinds.length - 2)));
  await eventually(async () =>
    expect((await unauthenticatedSoFar()) - counted).toBeGreaterThanOrEqual(times * (kinds.length - 1)),
  );
  const [most] = await db().$queryRaw<{ n: number }[]>`
    select max(n)::int as n from (select count(*) as n from "CallRecord" where sampled
      and "apiId" = ${api.apiDefinitionId}::uuid
      group by date_trunc('minute', "time"), "apiId", "applicationId", coalesce(cause, code)) as kind`;
  expect(most?.n).toBeLessThanOrEqual(20);
});

async function refusedSoFar(): Promise<number> {
  const [row] = await db().$queryRaw<{ n: number | null }[]>`
    select sum(refused)::int as n from "UsageHour" where "apiId" = ${api.apiDefinitionId}::uuid`;
  return row?.n ?? 0;
}
async function unauthenticatedSoFar(): Promise<number> {
  const [row] = await db().$queryRaw<{ n: number | null }[]>`
    select sum(calls)::int as n from "UnauthenticatedMinute" where "apiId" = ${api.apiDefinitionId}::uuid`;
  return row?.n ?? 0;
}
