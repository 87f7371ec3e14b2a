import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll } from "vitest";
import { CallMetrics } from "#gateway/admin/call-metrics.ts";
import { Admission } from "#gateway/admission/admission.ts";
import type { Call, Gateway } from "#gateway/call.ts";
import { type Answer, type CallOptions, call } from "#gateway/conformance/kit/client.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { SharedLimits } from "#gateway/limits/shared-limits.ts";
import { createGatewayServer } from "#gateway/server.ts";
import { compileApi } from "#gateway/snapshot/compile-api.ts";
import { Snapshot } from "#gateway/snapshot/snapshot.ts";
import { Upstreams } from "#gateway/upstream/upstreams.ts";
import { examine } from "#lib/api-definition/examine.ts";
import { makeVerifier, newClientSecret } from "#lib/crypto/client-secret.ts";
import { newClientId, newId } from "#lib/ids.ts";
import { backendRow } from "#lib/test-kit/backend-row.ts";

/** A listener with backend, application, subscription and whatever APIs a test puts in, over real sockets. */
export interface TestGateway {
  backend: RecordingBackend;
  gateway: Gateway;
  /** The pair of the application, subscribed to every API. */
  pair: [string, string][];
  clientId: string;
  secret: string;
  /** IDs that a grant for a trace names. */
  catalogId: string;
  /** Serves a definition; the ID of its draft. */
  put(source: string, backendUrl?: string): Promise<string>;
  call(path: string, options?: CallOptions): Promise<Answer>;
  base: string;
  stop(): Promise<void>;
}

export async function startTestGateway(admission = new Admission()): Promise<TestGateway> {
  const backend = await startBackend();
  const snapshot = new Snapshot();
  const upstreams = new Upstreams({ allow: ["127.0.0.0/8"] }, { bodyTimeoutMs: 2_000 });
  const recorder = { add: (_call: Call) => undefined } as unknown as Gateway["recorder"];
  const limits = new SharedLimits({ id: newId(), address: "" }, { mayBeAlone: true });
  const rest = { publicProtocol: "http", bodyBytesMax: 100_000, ready: true, draining: false, inFlight: 0 };
  const gateway = {
    snapshot,
    upstreams,
    recorder,
    limits,
    metrics: new CallMetrics(),
    admission,
    ...rest,
  } as unknown as Gateway;
  const server: Server = createGatewayServer(gateway).listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const applicationId = newId();
  const [clientId, secret] = [newClientId(), newClientSecret("sandbox")];
  const { verifier, keyId } = makeVerifier(clientId, secret);
  snapshot.putApplication({
    id: applicationId,
    suspended: false,
    name: "Łódź app",
    organizationId: "organization",
    organizationName: "Northwind",
  });
  snapshot.putCredential({
    id: newId(),
    clientId,
    applicationId,
    kind: "standard",
    environment: "sandbox",
    catalogId: null,
    status: "active",
    expiresAtMs: null,
    networks: null,
    scope: null,
    secrets: [{ verifier: verifier.toString("hex"), keyId, notAfterMs: null }],
  });
  const published: string[] = [];
  const release = () =>
    snapshot.putRelease({
      id: "release",
      publishedApiIds: published,
      plans: [
        {
          id: "plan",
          name: "gold",
          rateLimits: [{ limit: 1_000, windowSeconds: 604_800 * 52 }],
          burstLimits: [],
          quotas: [],
          operationLimits: [],
        },
      ],
    });
  release();
  snapshot.putSubscription({
    id: "subscription",
    applicationId,
    releaseId: "release",
    releasePlanId: "plan",
    state: "active",
  });
  const catalogId = newId();

  return {
    backend,
    gateway,
    clientId,
    secret,
    catalogId,
    base,
    pair: [
      ["X-IBM-Client-Id", clientId],
      ["X-IBM-Client-Secret", secret],
    ],
    async put(source, backendUrl = `${backend.url}/base`) {
      const { compiled, findings } = await examine(source);
      const error = findings.find(({ severity }) => severity === "error");
      if (error) throw new Error(`line ${error.line}: ${error.message}`);
      const [id, apiDefinitionId] = [newId(), newId()];
      const api = compileApi({
        id,
        apiDefinitionId,
        catalogId,
        catalogSlug: "sandbox",
        catalogKind: "sandbox",
        organizationId: "provider",
        pathPrefix: "acme",
        basePath: compiled.basePath,
        // As it comes out of the database.
        compiled: JSON.parse(JSON.stringify(compiled)),
        backend: backendRow(backendUrl),
      });
      snapshot.putApi(api);
      published.push(id);
      release();
      return apiDefinitionId;
    },
    call: (path, options) => call(`/acme/sandbox${path}`, options, base),
    async stop() {
      server.closeAllConnections();
      server.close();
      upstreams.close();
      await backend.stop();
    },
  };
}

/** The same for a whole test file; `run` serves an assembly and calls it once. */
export function testGateway() {
  const t = {} as TestGateway;
  beforeAll(async () => void Object.assign(t, await startTestGateway()));
  afterEach(() => {
    t.backend.answer = undefined;
    t.backend.calls.length = 0;
  });
  afterAll(() => t.stop());
  return {
    t,
    async run(assembly: string, path = "/open", options?: CallOptions, rest?: string): Promise<Answer> {
      const { source, basePath } = definition(assembly, rest);
      await t.put(source);
      return t.call(`${basePath}${path}`, options);
    },
    answerWith(status: number, headers: Record<string, string>, body: string | Buffer): void {
      t.backend.answer = (_req, res) => void res.writeHead(status, headers).end(body);
    },
  };
}

let count = 0;

/** A definition with the operations that tests call, and an assembly as YAML; its base path is new with each call. */
export function definition(assembly: string, rest = ""): { source: string; basePath: string } {
  count += 1;
  const basePath = `/t${count}`;
  const source = `openapi: 3.0.0
info: { title: Test API ${count}, version: 2.1.0 }
servers: [{ url: ${basePath} }]
components:
  securitySchemes:
    id: { type: apiKey, in: header, name: X-IBM-Client-Id, x-key-type: client_id }
    secret: { type: apiKey, in: header, name: X-IBM-Client-Secret, x-key-type: client_secret }
  schemas:
    Pet: { type: object, required: [name], properties: { name: { type: string }, tag: { type: string, pattern: "^(a+)+$" } } }
paths:
  /open:
    get: { operationId: getOpen, security: [], responses: { "200": { description: ok } } }
    post:
      operationId: postOpen
      security: []
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
      responses: { "200": { description: ok } }
  /pets/{petId}:
    get: { operationId: getPet, security: [], responses: { "200": { description: ok } } }
  /keyed:
    get: { operationId: getKeyed, security: [{ id: [], secret: [] }], responses: { "200": { description: ok } } }
    post: { operationId: postKeyed, security: [{ id: [], secret: [] }], responses: { "200": { description: ok } } }
x-ibm-configuration:
${rest}  assembly:
${assembly.replace(/^(?=.)/gm, "    ")}
`;
  return { source, basePath };
}
