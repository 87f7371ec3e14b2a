import { compileValidation } from "#lib/api-definition/compile-validation.ts";
import { keyedOperations } from "#lib/api-definition/operations.ts";
import {
  type FixturePlace,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import type { FuzzTarget } from "./fuzz-round.ts";
import { operation, pairHeaders, pairInHeaders, pairInQuery } from "./own-fixture.ts";
import type { RecordingBackend } from "./recording-backend.ts";

const schema = {
  type: "object",
  properties: { name: { type: "string", pattern: "^(a+)+$" }, list: { uniqueItems: true } },
};
const definition = {
  openapi: "3.0.3",
  paths: {
    "/things/{id}": {
      put: {
        operationId: "PUT /things/{id}",
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "integer" } },
          { name: "n", in: "query", schema: { type: "array", items: { type: "integer" } } },
        ],
        requestBody: { content: { "application/json": { schema }, "application/x-www-form-urlencoded": { schema } } },
      },
    },
  },
};

/** Publishes APIs that take every way through the gateway, and writes valid requests for each. */
export async function fuzzTarget(address: string, place: FixturePlace, backend: RecordingBackend): Promise<FuzzTarget> {
  const security = [["id", "secret"]];
  const common = { place, backendUrl: `${backend.url}/inside`, schemes: pairInHeaders };
  const operations = [
    operation("GET", "/things/{id}", security),
    operation("POST", "/open"),
    operation("GET", "/{a},{b}.json"),
  ];
  const { validation } = compileValidation(definition, keyedOperations(definition));
  const cors = {
    origins: ["https://a.example"],
    headers: null,
    exposeHeaders: [],
    credentials: true,
    maxAgeSeconds: 5,
  };
  const header = await publish({ ...common, basePath: "/fuzz", operations, admission: { cors } });
  const query = await publish({ ...common, basePath: "/fuzz/query", schemes: pairInQuery, operations });
  const put = [operation("PUT", "/things/{id}", security)];
  const checked = await publish({ ...common, basePath: "/checked", operations: put, admission: { validation } });
  const applicationId = await makeApplication(place);
  for (const each of [header, query, checked]) await subscribe(applicationId, each);
  const credential = await makeCredential(applicationId);
  const pair = pairHeaders(credential)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  const inQuery = `client_id=${credential.clientId}&client_secret=${credential.secret}`;
  const request = (line: string, headers = "", body = "") =>
    `${line} HTTP/1.1\r\nHost: a.example\r\n${headers}\r\n${body}`;
  const preflight =
    "Origin: https://a.example\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: x-a\r\n";
  const body = '{"name":"aaa","list":[1,2]}';
  const json = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  return {
    address,
    backend,
    prefix: "/inside",
    requests: [
      request(`GET ${header.path}/things/5?q=a%20b&x[]=1`, `${pair}Accept: application/json\r\nUser-Agent: fuzz\r\n`),
      request(`GET ${query.path}/things/%C3%A9?${inQuery}&q=1`, "Cookie: a=b\r\n"),
      request(`POST ${header.path}/open`, "Content-Length: 5\r\nContent-Type: text/plain\r\n", "hello"),
      request(`POST ${header.path}/open`, "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\n\r\n"),
      request(`GET ${header.path}/48.1,11.5.json`, "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\n"),
      request(`OPTIONS ${header.path}/things/5`, preflight),
      request(`PUT ${checked.path}/things/5?n=1&n=2`, `${pair}${json}`, body),
      request(
        `PUT ${checked.path}/things/5`,
        `${pair}Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n`,
        "{}",
      ),
    ],
  };
}
