import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { eventually } from "#lib/test-kit/eventually.ts";
import { publish } from "#lib/test-kit/gateway-fixture.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture } from "./kit/own-fixture.ts";
import { type OwnGateway, startGateway } from "./kit/own-gateway.ts";
import { startRelay } from "./kit/relay.ts";

// Via (RFC 9110 7.6.3), and an API whose backend is the gateway itself.

let path = "";
let chained = "";
let circle = "";
let circleId = "";
let second: OwnGateway;
/** A gateway's own port is no backend (F9); the balancer before it may be one. */
let relay: Awaited<ReturnType<typeof startRelay>>;
const fixture = ownFixture(async ({ place, backend }) => {
  const operations = [operation("GET", "/x")];
  const at = async (basePath: string, backendUrl: string) => publish({ place, backendUrl, basePath, operations });
  relay = await startRelay(inject("target"));
  const gateway = relay.address;
  path = (await at("/via", backend.url)).path;
  chained = (await at("/via-2", `${gateway}${(await at("/via-1", gateway + path)).path}`)).path;
  const round = await at("/round", `${gateway}/${place.prefix}/sandbox/round`);
  circle = round.path;
  circleId = round.apiDefinitionId;
});
beforeAll(async () => {
  second = await startGateway(inject("databaseUrl"));
});
afterAll(() => Promise.all([second?.stop(), relay?.stop()]));
beforeEach(() => {
  fixture.backend.calls.length = 0;
});

const OURS = /^1\.1 [0-9a-f]{16}$/;
const viaOf = async (headers: [string, string][] = [], base = inject("target")) => {
  expect((await call(`${path}/x`, { headers }, base)).status).toBe(200);
  return fixture.backend.header("via");
};

describe("Via", () => {
  test("names the installation to the backend: the same for each of its gateways, and nothing that an outsider knows", async () => {
    const [own = ""] = await viaOf();
    expect(own).toMatch(OURS);
    expect(await viaOf([], second.address)).toEqual([own]);
    for (const known of [new URL(inject("target")).host, fixture.place.prefix]) expect(own).not.toContain(known);
  });

  test("is added to what the client sent, which a Connection header does not take away", async () => {
    const [own = ""] = await viaOf();
    expect(await viaOf([["Via", "1.0 fred"]])).toEqual([`1.0 fred, ${own}`]);
    const sent: [string, string][] = [
      ["Via", "1.0 fred, 1.1 p.example (Apache)"],
      ["via", "2 edge"],
      ["Connection", "Via"],
    ];
    expect(await viaOf(sent)).toEqual([`1.0 fred, 1.1 p.example (Apache), 2 edge, ${own}`]);
  });
});

describe("an API that calls the gateway", () => {
  test("is served when it leads to a backend in the end", async () => {
    expect((await call(`${chained}/x`)).status).toBe(200);
    expect(fixture.backend.calls.length).toBe(1);
    expect(fixture.backend.header("via")[0]?.split(", ")).toHaveLength(3);
  });

  test("is 508 LOOP_DETECTED when it leads to itself, after five rounds, with the cause on record", async () => {
    const answer = await call(`${circle}/x`);
    expect([answer.status, answer.headers["content-type"], answer.headers["cache-control"]]).toEqual([
      508,
      "application/problem+json",
      "no-store",
    ]);
    expect(answer.json).toMatchObject({
      status: 508,
      title: "Loop Detected",
      code: "LOOP_DETECTED",
      detail: "The call came back through its own backend too often",
    });
    const records = await eventually(async () => {
      const rows = await db().$queryRaw<{ status: number; cause: string | null }[]>`
        select status, cause from "CallRecord" where "apiId" = ${circleId}::uuid`;
      if (rows.length < 6) throw new Error("not written yet");
      return rows;
    });
    expect(records.map(({ status }) => status)).toEqual(Array(6).fill(508));
    expect(records.filter(({ cause }) => cause === "passed-too-often")).toHaveLength(1);
  });

  test("is 508 behind another gateway of the installation too", async () => {
    const [own = ""] = await viaOf();
    const four = Array(4).fill(own).join(", ");
    expect((await call(`${path}/x`, { headers: [["Via", four]] }, second.address)).status).toBe(200);
    const five = await call(`${path}/x`, { headers: [["Via", `${four}, 1.1 other, ${own}`]] }, second.address);
    expect([five.status, five.json.code]).toEqual([508, "LOOP_DETECTED"]);
  });
});
