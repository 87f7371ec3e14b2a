import { describe, expect, inject, test } from "vitest";
import type { CompiledCors } from "#lib/api-definition/compiled.ts";
import {
  type FixtureCredential,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";
import { startGateway } from "./kit/own-gateway.ts";

const any: CompiledCors = { origins: null, headers: null, exposeHeaders: [], credentials: false, maxAgeSeconds: 600 };
const listed: CompiledCors = {
  origins: ["https://app.example"],
  headers: ["X-Mine"],
  exposeHeaders: ["X-Total"],
  credentials: true,
  maxAgeSeconds: 60,
};

let credential: FixtureCredential;
const path = { any: "", listed: "", none: "", own: "" };
const fixture = ownFixture(async ({ place, backend }) => {
  const secured = operation("GET", "/x", [["id", "secret"]]);
  const common = { place, backendUrl: backend.url, schemes: pairInHeaders };
  const operations = [secured, operation("PUT", "/x"), operation("OPTIONS", "/own")];
  const all = {
    any: await publish({ ...common, operations, basePath: "/cors-any", admission: { cors: any } }),
    listed: await publish({ ...common, operations, basePath: "/cors-listed", admission: { cors: listed } }),
    none: await publish({ ...common, operations, basePath: "/cors-none" }),
  };
  const applicationId = await makeApplication(place);
  for (const each of Object.values(all)) await subscribe(applicationId, each);
  credential = await makeCredential(applicationId);
  for (const [name, published] of Object.entries(all)) path[name as keyof typeof path] = published.path;
});

const preflight = (target: string, origin = "https://app.example", more: [string, string][] = []) =>
  call(target, {
    method: "OPTIONS",
    headers: [["Origin", origin], ["Access-Control-Request-Method", "GET"], ...more],
  });

describe("an API that allows browsers of any origin", () => {
  test("answers a preflight itself, without credentials and without the backend", async () => {
    const before = fixture.backend.calls.length;
    const asked = "x-ibm-client-id, x-ibm-client-secret";
    const answer = await preflight(`${path.any}/x`, "https://any.example", [["Access-Control-Request-Headers", asked]]);
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, PUT",
      "access-control-allow-headers": asked,
      "access-control-max-age": "600",
    });
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    expect(answer.headers["x-request-id"]).toBeDefined();
    expect(fixture.backend.calls.length).toBe(before);
  });

  test("lets a page read answers and refusals, whatever the backend says to browsers", async () => {
    fixture.backend.answer = (_req, res) =>
      res
        .writeHead(200, {
          "Access-Control-Allow-Origin": "https://evil.example",
          "Access-Control-Allow-Credentials": "true",
        })
        .end("{}");
    const headers: [string, string][] = [["Origin", "https://any.example"]];
    const good = await call(`${path.any}/x`, { headers: [...headers, ...pairHeaders(credential)] });
    fixture.backend.answer = undefined;
    const bad = await call(`${path.any}/x`, { headers });
    expect([good.status, bad.status]).toEqual([200, 401]);
    for (const answer of [good, bad]) {
      expect(answer.headers["access-control-allow-origin"]).toBe("*");
      expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
      expect(answer.headers["access-control-expose-headers"]).toContain("X-Request-Id");
    }
  });

  test("has no answer for a path that it does not have, and echoes no list of headers that is none", async () => {
    expect((await preflight(`${path.any}/nothing`)).json.code).toBe("OPERATION_NOT_FOUND");
    const odd = await preflight(`${path.any}/x`, "https://any.example", [["Access-Control-Request-Headers", "<x>"]]);
    expect([odd.status, odd.headers["access-control-allow-headers"]]).toEqual([204, undefined]);
  });

  test("serves an OPTIONS operation of its own, unless it is a preflight", async () => {
    const answer = await call(`${path.any}/own`, { method: "OPTIONS" });
    expect([answer.status, fixture.backend.calls.at(-1)?.method]).toEqual([200, "OPTIONS"]);
    expect((await preflight(`${path.any}/own`)).status).toBe(204);
  });
});

describe("an API with a list of origins", () => {
  test("allows those, with credentials, and tells caches that the answer depends on the origin", async () => {
    const answer = await preflight(`${path.listed}/x`);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-credentials": "true",
      "access-control-allow-headers": "X-Mine",
      "access-control-max-age": "60",
      vary: "Origin",
    });
    const headers: [string, string][] = [["Origin", "https://app.example"], ...pairHeaders(credential)];
    const got = await call(`${path.listed}/x`, { headers });
    expect(got.headers["access-control-expose-headers"]).toContain("X-Total");
  });

  test.each(["https://evil.example", "http://app.example", "https://app.example.evil.example", "null"])(
    "tells %s nothing",
    async (origin) => {
      for (const answer of [
        await preflight(`${path.listed}/x`, origin),
        await call(`${path.listed}/x`, { headers: [["Origin", origin], ...pairHeaders(credential)] }),
      ]) {
        expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
        expect(answer.headers.vary).toBe("Origin");
      }
    },
  );

  test("allows the portal's console too", async () => {
    const gateway = await startGateway(inject("databaseUrl"), { env: { PORTAL_URL: "https://portal.example" } });
    const headers: [string, string][] = [["Origin", "https://portal.example"]];
    const answer = await call(`${path.listed}/x`, { headers }, gateway.address);
    await gateway.stop();
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([401, "https://portal.example"]);
  });
});

test("an API that says nothing of browsers leaves them to its backend", async () => {
  expect((await preflight(`${path.none}/x`)).json.code).toBe("METHOD_NOT_ALLOWED");
  fixture.backend.answer = (_req, res) =>
    res.writeHead(200, { "Access-Control-Allow-Origin": "https://theirs.example" }).end();
  const answer = await preflight(`${path.none}/own`);
  fixture.backend.answer = undefined;
  expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([200, "https://theirs.example"]);
});
