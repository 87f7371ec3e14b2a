import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import type { TraceStep } from "#lib/assembly/trace.schema.ts";
import { grantTrace, readTraceGrant, TRACE_HEADER, TRACE_PATH } from "#lib/assembly/trace-grant.ts";
import { newId } from "#lib/ids.ts";
import { definition, startTestGateway, type TestGateway } from "./test-gateway.ts";

let t: TestGateway;
let path: string;
let apiId: string;
beforeAll(async () => {
  t = await startTestGateway();
  const { source, basePath } = definition(`execute:
  - set-variable:
      title: Copy
      actions:
        - { set: message.headers.X-IBM-Client-Secret, value: $(request.headers.X-IBM-Client-Secret) }
        - { set: message.headers.X-Note, value: "said $(request.headers.X-IBM-Client-Secret)" }
  - switch:
      title: Which
      case:
        - condition: request.verb = 'GET'
          execute:
            - invoke: { title: Call }
        - otherwise:
            - throw: { title: No, name: NotGet, message: "not with $(request.headers.X-IBM-Client-Secret)" }`);
  apiId = await t.put(source);
  path = `${basePath}/keyed`;
});
afterAll(() => t.stop());

const fetchTrace = (id: string, header: string) => call(TRACE_PATH + id, { headers: [[TRACE_HEADER, header]] }, t.base);

test("a call with a grant is traced, policy by policy, and the trace is handed over once", async () => {
  const { id, header } = grantTrace(apiId, t.catalogId);
  const answer = await t.call(path, { headers: [...t.pair, [TRACE_HEADER, header]] });
  expect([answer.status, answer.json, t.backend.header(TRACE_HEADER)]).toEqual([200, { ok: true }, []]);
  const { json } = await fetchTrace(id, header);
  const steps: TraceStep[] = json.steps;
  expect(steps.map(({ title, kind, depth, error }) => [title, kind, depth, error])).toEqual([
    ["Copy", "set-variable", 0, null],
    ["Which", "switch", 0, null],
    ["Call", "invoke", 1, null],
  ]);
  expect([steps[2]?.before.status, steps[2]?.after.status, steps[2]?.after.body]).toEqual([0, 200, '{"ok":true}']);
  expect(steps[0]?.after.headers).toContainEqual(["X-Note", "said ********"]);
  expect((await fetchTrace(id, header)).status).toBe(404);
});

test("no credential stands in a trace, also not in the words of an error (T24)", async () => {
  const { id, header } = grantTrace(apiId, t.catalogId);
  const failed = await t.call(path, {
    method: "POST",
    body: "",
    headers: [...t.pair, ["Cookie", "session=canary-token"], [TRACE_HEADER, header]],
  });
  expect(failed.status).toBe(500);
  const { text, json } = await fetchTrace(id, header);
  expect(json.steps.at(-1).error).toBe("NotGet: not with ********");
  for (const secret of [t.secret, t.clientId, "canary-token"]) expect(text).not.toContain(secret);
});

test("nothing but a grant of this installation, for this API and catalog, is heard", async () => {
  const [api, catalog] = [grantTrace(newId(), t.catalogId), grantTrace(apiId, newId())];
  const { id, header } = grantTrace(apiId, t.catalogId);
  for (const wrong of [api.header, catalog.header, `${header.slice(0, -1)}A`, "1", ""]) {
    if (wrong === header) continue;
    expect((await t.call(path, { headers: [...t.pair, [TRACE_HEADER, wrong]] })).status).toBe(200);
    expect(t.backend.header(TRACE_HEADER)).toEqual([]);
    for (const one of [api, catalog, { id, header }]) expect((await fetchTrace(one.id, one.header)).status).toBe(404);
  }
  expect((await fetchTrace(id, grantTrace(apiId, t.catalogId).header)).status).toBe(404);
});

test("a grant ends, and cannot be changed", () => {
  const now = 1_800_000_000_000;
  const { id, header } = grantTrace(apiId, t.catalogId, now);
  expect(readTraceGrant(header, now)).toEqual({ id, apiDefinitionId: apiId, catalogId: t.catalogId });
  expect(readTraceGrant(header, now + 180_000)).toBeUndefined();
  const parts = header.split(".");
  parts.forEach((part, at) => {
    const forged = parts.with(at, part.endsWith("1") ? `${part.slice(0, -1)}2` : `${part.slice(0, -1)}1`).join(".");
    expect(readTraceGrant(forged, now)).toBeUndefined();
  });
});
