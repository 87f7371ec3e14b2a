import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMPILER_VERSION } from "./compiler.ts";
import { examine } from "./examine.ts";

const root = join(import.meta.dirname, "../..");

/** A definition with some of everything that is compiled. */
const everything = `openapi: 3.1.0
info: { title: Everything, version: 1.2.3, description: "*Everything*" }
servers: [{ url: http://127.0.0.1:4010 }]
x-portico: { base-path: /everything }
x-ibm-configuration:
  enforced: true
  cors: { enabled: true }
  assembly:
    execute:
      - set-variable: { version: 2.0.0, actions: [{ set: message.headers.x-one, value: "$(request.path) 1" }] }
      - switch:
          version: 2.0.0
          case:
            - condition: "($statusCode() = 200)"
              execute: [{ throw: { version: 2.1.0, name: Early, message: "no $(api.name)" } }]
            - otherwise: [{ invoke: { version: 2.0.0, target-url: "$(target-url)$(request.path)" } }]
      - redact: { version: 2.0.0, redactions: [{ action: redact, path: "$.a.b", from: all }] }
    catch: [{ errors: [ConnectionError], execute: [{ log: { version: 2.1.0, mode: gather-only } }] }]
components:
  securitySchemes:
    id: { type: apiKey, in: header, name: X-IBM-Client-Id, x-key-type: client_id }
    secret: { type: apiKey, in: header, name: X-IBM-Client-Secret, x-key-type: client_secret }
  schemas:
    Pet: { type: object, required: [name], properties: { name: { type: string, example: Rex }, age: { type: integer } } }
security: [{ id: [], secret: [] }]
paths:
  /pets/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getPet
      tags: [pets]
      summary: One pet
      parameters: [{ name: full, in: query, schema: { type: boolean, default: false } }]
      responses: { "200": { description: ok } }
    put:
      security: [{ id: [] }, {}]
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
      responses: { default: { description: done } }
`;

/** SHA-256 of all that the two definitions compile to. */
async function digest(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of [everything, readFileSync(join(root, "prisma/seed/weather.yaml"), "utf8")]) {
    const { compiled, operations, title, version, description } = await examine(source);
    hash.update(JSON.stringify({ compiled, operations, title, version, description }));
  }
  return hash.digest("hex");
}

test("what is published heals: whoever changes what a definition compiles to raises COMPILER_VERSION", async () => {
  // Another digest: raise COMPILER_VERSION in compiler.ts, so that what is live is compiled anew, and enter both here.
  expect({ version: COMPILER_VERSION, digest: await digest() }).toEqual({
    version: 3,
    digest: "18876ebb56c89b4d86bf4da32b05af77e40bccf7e4ecca4e0389759615e9fee5",
  });
});
