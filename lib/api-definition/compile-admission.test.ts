import { expect, test } from "vitest";
import { examine } from "./examine.ts";

const text = (own: unknown, ibm: unknown = { cors: { enabled: true } }) =>
  JSON.stringify({
    openapi: "3.0.3",
    info: { title: "A", version: "1" },
    servers: [{ url: "/a" }],
    paths: { "/x": { get: { operationId: "get", responses: { 200: { description: "" } } } } },
    "x-portico": own,
    "x-ibm-configuration": ibm,
  });
const errors = async (own: unknown, ibm?: unknown) =>
  (await examine(text(own, ibm))).findings
    .filter(({ code, severity }) => severity === "error" && (code === "ADMISSION" || code === "PATTERN"))
    .map(({ pointer }) => pointer);

test("networks, CORS and validation are compiled as they are written", async () => {
  const own = {
    networks: ["192.0.2.0/24"],
    cors: {
      origins: ["https://app.example"],
      headers: ["X-A"],
      "expose-headers": ["X-B"],
      credentials: true,
      "max-age": 5,
    },
    "validate-request": true,
    "access-tokens": false,
  };
  const { compiled, findings } = await examine(text(own));
  expect(findings.filter(({ code }) => code === "ADMISSION")).toEqual([]);
  expect(compiled).toMatchObject({
    networks: ["192.0.2.0/24"],
    cors: {
      origins: ["https://app.example"],
      headers: ["X-A"],
      exposeHeaders: ["X-B"],
      credentials: true,
      maxAgeSeconds: 5,
    },
    validation: { operations: { get: { parameters: [], body: null } } },
    acceptsTokens: false,
  });
});

test("enabled alone is any origin without credentials, and nothing is nothing", async () => {
  const { compiled } = await examine(text({}));
  expect(compiled.cors).toEqual({
    origins: null,
    headers: null,
    exposeHeaders: [],
    credentials: false,
    maxAgeSeconds: 600,
  });
  const without = (await examine(text({}, {}))).compiled;
  expect([without.cors, without.networks, without.validation]).toEqual([undefined, undefined, undefined]);
});

test("an API that another gateway enforces has none of it (S79)", async () => {
  const own = { networks: ["192.0.2.0/24"], "validate-request": true };
  const { compiled } = await examine(text(own, { enforced: false, cors: { enabled: true } }));
  expect([compiled.cors, compiled.networks, compiled.validation]).toEqual([undefined, undefined, undefined]);
});

test.each([
  [{ networks: ["192.0.2.0/33"] }, "/x-portico/networks/0"],
  [{ networks: ["10.0.0.0/8", "office"] }, "/x-portico/networks/1"],
  [{ networks: [] }, "/x-portico/networks"],
  [{ networks: "10.0.0.0/8" }, "/x-portico/networks"],
  [{ networks: [5] }, "/x-portico/networks/0"],
  [{ cors: true }, "/x-portico/cors"],
  [{ cors: { origins: ["https://app.example/"] } }, "/x-portico/cors/origins/0"],
  [{ cors: { origins: ["app.example"] } }, "/x-portico/cors/origins/0"],
  [{ cors: { headers: ["X A"] } }, "/x-portico/cors/headers/0"],
  [{ cors: { headers: ["X-A\r\nX-B: 1"] } }, "/x-portico/cors/headers/0"],
  [{ cors: { "max-age": -1 } }, "/x-portico/cors/max-age"],
  [{ cors: { credentials: true } }, "/x-portico/cors/credentials"],
  [{ cors: { credentials: true, origins: ["*"] } }, "/x-portico/cors/credentials"],
  [{ "validate-request": "yes" }, "/x-portico/validate-request"],
  [{ "access-tokens": "no" }, "/x-portico/access-tokens"],
])("%j is refused where it stands: %s", async (own, pointer) => {
  expect(await errors(own)).toEqual([pointer]);
});

test("settings for browsers without CORS enabled are a warning with its fix", async () => {
  const { findings, compiled } = await examine(text({ cors: { origins: ["https://app.example"] } }, {}));
  const [finding] = findings.filter(({ code }) => code === "ADMISSION");
  expect([finding?.severity, finding?.fix?.label, compiled.cors]).toEqual(["warning", "Enable CORS", undefined]);
});
