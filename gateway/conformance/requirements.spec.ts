import { describe, expect, test } from "vitest";
import type { CompiledScheme } from "#lib/api-definition/compiled.ts";
import {
  type FixtureCredential,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";

const schemes: Record<string, CompiledScheme> = {
  ...pairInHeaders,
  apiKey: { key: "client_id", in: "query", name: "apikey" },
};
const operations = [
  operation("GET", "/alternatives", [["id", "secret"], ["apiKey"]]),
  operation("GET", "/optional", [["id", "secret"], []]),
  operation("GET", "/open"),
  { ...operation("GET", "/declared"), headers: ["x-http-method-override", "x-hasura-role"] },
  operation("POST", "/open"),
  operation("GET", "/keyed", [["id"]]),
];

let app: FixtureCredential;
const path = { api: "", basic: "", passing: "", foreign: "", renamed: "" };
const fixture = ownFixture(async ({ place, backend }) => {
  app = await makeCredential(await makeApplication(place));
  const common = { place, backendUrl: `${backend.url}/prefix/`, schemes, operations };
  const basic = { authKind: "basic" as const, username: "functional:id".replace(":", "-"), password: "pa:ss wörd" };
  const renamed = { id: { key: "client_id", in: "header", name: "X-Api-Key" } } as const;
  const all = {
    api: await publish({ ...common, basePath: "/api" }),
    basic: await publish({ ...common, basePath: "/basic", backend: basic, forwardsAuthorization: true }),
    passing: await publish({ ...common, basePath: "/passing", forwardsAuthorization: true }),
    foreign: await publish({ ...common, basePath: "/foreign", enforced: false }),
    renamed: await publish({
      ...common,
      basePath: "/renamed",
      schemes: renamed,
      operations: [operation("GET", "/keyed", [["id"]])],
    }),
  };
  for (const published of Object.values(all)) await subscribe(app.applicationId, published);
  for (const [name, published] of Object.entries(all)) path[name as keyof typeof path] = published.path;
});

describe("alternatives", () => {
  test("either requirement opens the operation", async () => {
    expect((await call(`${path.api}/alternatives`, { headers: pairHeaders(app) })).status).toBe(200);
    expect((await call(`${path.api}/alternatives?apikey=${app.clientId}`)).status).toBe(200);
  });

  test("the first that the client came close to says what is missing", async () => {
    const idOnly = await call(`${path.api}/alternatives`, { headers: [["X-IBM-Client-Id", app.clientId]] });
    expect([idOnly.status, idOnly.json.detail]).toEqual([401, "Client secret is missing"]);
    const nothing = await call(`${path.api}/alternatives`);
    expect([nothing.status, nothing.json.detail]).toEqual([401, "Client ID is missing"]);
  });

  test("the ID for both at once is sent more than once", async () => {
    const answer = await call(`${path.api}/alternatives?apikey=${app.clientId}`, { headers: pairHeaders(app) });
    expect([answer.status, answer.json.code]).toEqual([403, "MULTIPLE_CLIENT_IDS"]);
  });

  test("an optional requirement lets a client without credentials in, and refuses wrong ones", async () => {
    expect((await call(`${path.api}/optional`)).status).toBe(200);
    expect((await call(`${path.api}/optional`, { headers: pairHeaders(app) })).status).toBe(200);
    const wrong = await call(`${path.api}/optional`, { headers: pairHeaders({ ...app, secret: "wrong" }) });
    expect([wrong.status, wrong.json.code]).toEqual([401, "CREDENTIAL_INVALID"]);
  });

  test("header names are compared in any case, query names are not", async () => {
    expect((await call(`${path.api}/keyed`, { headers: [["x-ibm-CLIENT-id", app.clientId]] })).status).toBe(200);
    expect((await call(`${path.api}/alternatives?ApiKey=${app.clientId}`)).status).toBe(401);
  });

  test("a client ID in a body is just body", async () => {
    const body = `client_id=${app.clientId}&client_secret=${app.secret}`;
    expect((await call(`${path.api}/open`, { method: "POST", body })).status).toBe(200);
    expect(fixture.backend.calls.at(-1)?.body).toBe(body);
  });
});

describe("what travels on (gateway.md 2.5)", () => {
  test("credentials do not, also on an open operation and in a misplaced or misspelt form", async () => {
    const headers: [string, string][] = [
      ...pairHeaders(app),
      ["X_IBM_Client_Secret", app.secret],
      ["ClientSecret", "mine"],
    ];
    await call(`${path.api}/open?client_secret=${app.secret}&client%5Fid=${app.clientId}&apikey=x&q=1`, { headers });
    const seen = fixture.backend.calls.at(-1);
    expect(seen?.url).toBe("/prefix/open?q=1");
    expect(JSON.stringify(seen)).not.toContain(app.secret);
    expect(JSON.stringify(seen)).not.toContain(app.clientId);
    expect(fixture.backend.header("clientsecret")).toEqual(["mine"]);
  });

  test("a client_id of the API's own stays where it is", async () => {
    const renamed = await call(`${path.renamed}/keyed?client_id=7`, { headers: [["X-Api-Key", app.clientId]] });
    expect([renamed.status, fixture.backend.calls.at(-1)?.url]).toEqual([200, "/prefix/keyed?client_id=7"]);
    const customary = await call(`${path.api}/keyed?client_id=7`, { headers: [["X-IBM-Client-Id", app.clientId]] });
    expect([customary.status, fixture.backend.calls.at(-1)?.url]).toEqual([200, "/prefix/keyed?client_id=7"]);
  });

  test("the functional ID goes to the backend in place of the client's Authorization (S13)", async () => {
    await call(`${path.basic}/open`, { headers: [["Authorization", "Bearer of-the-client"]] });
    const expected = `Basic ${Buffer.from("functional-id:pa:ss wörd").toString("base64")}`;
    expect(fixture.backend.header("authorization")).toEqual([expected]);
  });

  test("the client's Authorization travels only where the API declares such a scheme", async () => {
    const headers: [string, string][] = [["Authorization", "Bearer of-the-client"]];
    await call(`${path.api}/open`, { headers });
    expect(fixture.backend.header("authorization")).toEqual([]);
    await call(`${path.passing}/open`, { headers });
    expect(fixture.backend.header("authorization")).toEqual(["Bearer of-the-client"]);
  });

  test("an API that another gateway enforces gets its calls unchecked and whole (S79)", async () => {
    const answer = await call(`${path.foreign}/keyed?apikey=theirs`, { headers: [["X-IBM-Client-Id", "theirs"]] });
    expect([answer.status, fixture.backend.calls.at(-1)?.url]).toEqual([200, "/prefix/keyed?apikey=theirs"]);
    expect(fixture.backend.header("x-ibm-client-id")).toEqual(["theirs"]);
  });
});

describe("identity and hop-by-hop headers (T6, T7)", () => {
  test("what a backend believes about the caller comes from us alone (F4)", async () => {
    const forged = [
      "X-Client-Id",
      "X_Client_Id",
      "X.Client.Id",
      "X-Forwarded-For",
      "X_Forwarded_For",
      "X-Forwarded-User",
    ];
    const more = ["Forwarded", "X-Real-IP", "X-Request-Id", "x-middleware-subrequest", "Next-Action", "X-Original-URL"];
    more.push("Proxy", "X-Portico-Application", "Client-IP", "CF-Connecting-IP", "Remote-User", "X-Remote-User");
    more.push("X-Original-Host", "X-SSL-Client-Cert", "SSL-Client-Verify", "Content_Length", "Transfer_Encoding");
    more.push("REMOTE_USER", "Client.IP", "X_SSL_Client_Cert", "X-Auth-Request-User", "X-Consumer-Username", "iv-user");
    const headers = [...forged, ...more].map((name): [string, string] => [name, "forged"]);
    const answer = await call(`${path.api}/open`, { headers });
    expect(JSON.stringify(fixture.backend.calls.at(-1))).not.toContain("forged");
    expect(fixture.backend.header("x-forwarded-for")).toEqual(["127.0.0.1"]);
    expect(fixture.backend.header("x-request-id")).toEqual([answer.headers["x-request-id"]]);
  });

  test("what says who calls, how, or by which method reaches a backend only of operations that declare it (F4)", async () => {
    const names = [
      "X-HTTP-Method-Override",
      "X-Hasura-Role",
      "X_HTTP_Method_Override",
      "X-Vouch-User",
      "OAM_REMOTE_USER",
    ];
    names.push("Eppn", "CloudFront-Viewer-Address", "X-MS-Token-AAD-Access-Token", "Ns-Client-IP", "X-Scheme", "Https");
    names.push("X-Accel-Mapping", "X-Kong-Consumer", "Authorization_", "Content_Type", `Cdn-${"n-".repeat(40)}Ip`);
    const headers = names.map((name): [string, string] => [name, `forged ${name}`]);
    const reached = () => {
      const seen = JSON.stringify(fixture.backend.calls.at(-1));
      return names.filter((name) => seen.includes(`"forged ${name}"`));
    };
    await call(`${path.api}/open`, { headers });
    expect(reached()).toEqual([]);
    await call(`${path.api}/declared`, { headers });
    expect(reached()).toEqual(["X-HTTP-Method-Override", "X-Hasura-Role"]);
  });

  test("a Connection header removes nothing of ours", async () => {
    const headers: [string, string][] = [
      ["Connection", "X-Forwarded-For, Authorization, X-Request-Id, Host, X-Mine"],
      ["X-Mine", "hop"],
      ["X-Other", "end"],
    ];
    await call(`${path.basic}/open`, { headers });
    expect(fixture.backend.header("authorization")).toHaveLength(1);
    expect(fixture.backend.header("x-forwarded-for")).toEqual(["127.0.0.1"]);
    expect(fixture.backend.header("x-request-id")).toHaveLength(1);
    expect(fixture.backend.header("host")).toEqual([new URL(fixture.backend.url).host]);
    expect([fixture.backend.header("x-mine"), fixture.backend.header("x-other")]).toEqual([[], ["end"]]);
  });

  test("headers between two neighbours end at the gateway, in both directions", async () => {
    fixture.backend.answer = (_req, res) => {
      res.writeHead(200, [
        "Connection",
        "X-Hop",
        "X-Hop",
        "1",
        "Proxy-Authenticate",
        "x",
        "X-Request-Id",
        "theirs",
        "Set-Cookie",
        "a=1",
        "Set-Cookie",
        "b=2",
      ]);
      res.end("fine");
    };
    const names = ["TE", "Upgrade", "Proxy-Authorization", "Proxy-Connection", "Keep-Alive"];
    const answer = await call(`${path.api}/open`, { headers: names.map((name) => [name, "x"]) });
    fixture.backend.answer = undefined;
    for (const name of names) expect([name, fixture.backend.header(name)]).toEqual([name, []]);
    expect(answer.headers["x-hop"]).toBeUndefined();
    expect(answer.headers["proxy-authenticate"]).toBeUndefined();
    expect(answer.headers["x-request-id"]).not.toContain("theirs");
    expect(answer.headers["set-cookie"]).toBe("a=1,b=2");
  });
});
