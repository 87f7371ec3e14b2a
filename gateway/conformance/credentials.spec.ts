import { describe, expect, test } from "vitest";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { db } from "#lib/db/client.ts";
import { newClientId } from "#lib/ids.ts";
import {
  change,
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture, pairInHeaders, pairInQuery } from "./kit/own-fixture.ts";

// The table of gateway.md parts 2 and 3: what an API demands x where x what the client does.
const demands = { none: [], ID: [["id"]], both: [["id", "secret"]] } as const;
type Demand = keyof typeof demands;
type Place = "header" | "query";

const apis = new Map<string, FixturePublished>();
const who = {} as Record<
  "good" | "unsubscribed" | "revoked" | "expired" | "suspended" | "held" | "foreign",
  FixtureCredential
>;

const fixture = ownFixture(async ({ place, backend }) => {
  for (const [where, schemes] of [
    ["header", pairInHeaders],
    ["query", pairInQuery],
  ] as const) {
    for (const demand of Object.keys(demands) as Demand[]) {
      const security = demands[demand].map((names) => [...names]);
      const basePath = `/${demand.toLowerCase()}-${where}`;
      const api = {
        place,
        backendUrl: backend.url,
        basePath,
        schemes,
        operations: [operation("GET", "/current", security)],
      };
      apis.set(`${demand} ${where}`, await publish(api));
    }
  }
  const make = async (state: "active" | "suspended" | null, options = {}) => {
    const applicationId = await makeApplication(place);
    if (state) for (const api of apis.values()) await subscribe(applicationId, api, state);
    return makeCredential(applicationId, options);
  };
  who.good = await make("active");
  who.unsubscribed = await make(null);
  who.revoked = await make("active");
  who.expired = await make("active", { expiresAt: new Date(Date.now() - 1_000) });
  who.suspended = await make("active");
  who.held = await make("suspended");
  who.foreign = await make("active", { environment: "production" });
  await change("credential", who.revoked.id, (tx) =>
    tx.credential.update({ where: { id: who.revoked.id }, data: { status: "revoked", revokedAt: new Date() } }),
  );
  await change("application", who.suspended.applicationId, (tx) =>
    tx.application.update({ where: { id: who.suspended.applicationId }, data: { state: "suspended" } }),
  );
});

interface Sent {
  header: [string, string][];
  query: [string, string][];
}

/** Puts client ID and secret (undefined: left out) where they belong. */
function put(where: Place, demand: Demand, clientId: string | undefined, secret: string | undefined): Sent {
  const names = where === "header" ? ["X-IBM-Client-Id", "X-IBM-Client-Secret"] : ["client_id", "client_secret"];
  const pairs: [string, string][] = [];
  if (clientId !== undefined) pairs.push([names[0] ?? "", clientId]);
  if (demand !== "ID" && secret !== undefined) pairs.push([names[1] ?? "", secret]);
  return where === "header" ? { header: pairs, query: [] } : { header: [], query: pairs };
}

const pair = (where: Place, demand: Demand, credential: FixtureCredential) =>
  put(where, demand, credential.clientId, credential.secret);
const merge = (...all: Sent[]): Sent => ({ header: all.flatMap((s) => s.header), query: all.flatMap((s) => s.query) });
const other = (where: Place): Place => (where === "header" ? "query" : "header");

type Expected = [status: number, code: string | null, detail: string | null];
const MISSING: Expected = [401, "CREDENTIAL_MISSING", "Client ID is missing"];
const NO_SECRET: Expected = [401, "CREDENTIAL_MISSING", "Client secret is missing"];
const UNKNOWN: Expected = [401, "CLIENT_ID_NOT_REGISTERED", "Client ID not registered"];
const INVALID: Expected = [401, "CREDENTIAL_INVALID", "Invalid client ID or secret"];
const TWICE: Expected = [403, "MULTIPLE_CLIENT_IDS", "The client ID was sent more than once"];
const UNSUBSCRIBED: Expected = [403, "NOT_SUBSCRIBED", "The application is not subscribed to a plan of this API"];
const SUSPENDED: Expected = [403, "APPLICATION_SUSPENDED", "The application is suspended"];
const GOOD: Expected = [200, null, null];

interface Row {
  what: string;
  send: (where: Place, demand: Demand) => Sent;
  expected: Expected;
  /** Only where a secret is demanded. */
  secretOnly?: true;
}

const rows: Row[] = [
  { what: "the right credentials", send: (w, d) => pair(w, d, who.good), expected: GOOD },
  { what: "nothing", send: () => ({ header: [], query: [] }), expected: MISSING },
  { what: "an empty ID", send: (w, d) => put(w, d, "", who.good.secret), expected: MISSING },
  {
    what: "the ID without the secret",
    send: (w, d) => put(w, d, who.good.clientId, undefined),
    expected: NO_SECRET,
    secretOnly: true,
  },
  { what: "an unknown ID", send: (w, d) => put(w, d, newClientId(), who.good.secret), expected: UNKNOWN },
  { what: "an ID that is no ID", send: (w, d) => put(w, d, "no-such-id", who.good.secret), expected: UNKNOWN },
  {
    what: "a wrong secret",
    send: (w, d) => put(w, d, who.good.clientId, newClientSecret("sandbox")),
    expected: INVALID,
    secretOnly: true,
  },
  {
    what: "a malformed secret",
    send: (w, d) => put(w, d, who.good.clientId, "secret"),
    expected: INVALID,
    secretOnly: true,
  },
  {
    what: "another application's secret",
    send: (w, d) => put(w, d, who.good.clientId, who.held.secret),
    expected: INVALID,
    secretOnly: true,
  },
  {
    what: "the right secret twice (T3)",
    send: (w, d) => merge(pair(w, d, who.good), put(w, d, undefined, who.good.secret)),
    expected: INVALID,
    secretOnly: true,
  },
  { what: "the credentials in the other place", send: (w, d) => pair(other(w), d, who.good), expected: MISSING },
  {
    what: "the secret alone in the other place",
    send: (w, d) => merge(put(w, d, who.good.clientId, undefined), put(other(w), d, undefined, who.good.secret)),
    expected: NO_SECRET,
    secretOnly: true,
  },
  {
    what: "the ID twice (T3)",
    send: (w, d) => merge(pair(w, d, who.good), put(w, d, who.good.clientId, undefined)),
    expected: TWICE,
  },
  {
    what: "the ID in both places (T3)",
    send: (w, d) => merge(pair(w, d, who.good), put(other(w), d, who.good.clientId, undefined)),
    expected: TWICE,
  },
  {
    what: "an application without a subscription",
    send: (w, d) => pair(w, d, who.unsubscribed),
    expected: UNSUBSCRIBED,
  },
  { what: "a revoked credential", send: (w, d) => pair(w, d, who.revoked), expected: INVALID },
  { what: "an expired credential", send: (w, d) => pair(w, d, who.expired), expected: INVALID },
  { what: "a suspended application", send: (w, d) => pair(w, d, who.suspended), expected: SUSPENDED },
  { what: "a suspended subscription", send: (w, d) => pair(w, d, who.held), expected: SUSPENDED },
  { what: "a credential of the other environment", send: (w, d) => pair(w, d, who.foreign), expected: UNKNOWN },
];

describe.each(["header", "query"] as const)("credentials in the %s", (where) => {
  describe.each(Object.keys(demands) as Demand[])("an API that demands %s", (demand) => {
    const wanted = rows.filter((row) => demand === "both" || !row.secretOnly);
    test.each(wanted)("answers $what as the contract says", async ({ send, expected }) => {
      const { header, query } = send(where, demand);
      const before = fixture.backend.calls.length;
      const search = new URLSearchParams([...query, ["zipcode", "90210"]]).toString();
      const answer = await call(`${apis.get(`${demand} ${where}`)?.path}/current?${search}`, { headers: header });
      const [status, code, detail] = demand === "none" ? GOOD : expected;
      expect([answer.status, answer.json?.code ?? null, answer.json?.detail ?? null]).toEqual([status, code, detail]);
      expect(fixture.backend.calls.length - before).toBe(status === 200 ? 1 : 0);
      expect(answer.headers["www-authenticate"] !== undefined).toBe(status === 401);
      if (status === 200) expect(fixture.backend.calls.at(-1)?.url).toBe("/current?zipcode=90210");
    });
  });
});

test("the backend never saw a client ID or secret, under any name (T8)", () => {
  const seen = JSON.stringify(fixture.backend.calls);
  expect(fixture.backend.calls.length).toBeGreaterThan(0);
  for (const { clientId, secret } of Object.values(who)) {
    expect(seen).not.toContain(clientId);
    expect(seen).not.toContain(secret);
  }
});

test("no record of a call holds a secret, also when it came in the query (S92)", async () => {
  const stored = await db().$queryRaw`select r::text from "CallRecord" r`;
  for (const { secret } of Object.values(who)) expect(JSON.stringify(stored)).not.toContain(secret);
});
