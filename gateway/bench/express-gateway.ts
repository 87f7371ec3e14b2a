import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "#scripts/embedded-postgres.ts";
import { CORE, type Running, startNode } from "./machine.ts";

/** The version that is compared with; its last. */
const VERSION = "1.16.11";

/** In its process: starts the gateway, makes a person with a key, and tells the key. */
const START = `
const { join } = require("node:path");
const gateway = require("express-gateway");
(async () => {
  await gateway().load(join(__dirname, "config")).run();
  const services = require("express-gateway/lib/services");
  const user = await services.user.insert({ username: "bench", firstname: "b", lastname: "b" });
  const { keyId, keySecret } = await services.credential.insertCredential(user.id, "key-auth", {});
  process.send({ key: keyId + ":" + keySecret });
})();
`;

const config = (port: number, adminPort: number, backendPort: number) => `
http: { port: ${port}, hostname: 127.0.0.1 }
admin: { port: ${adminPort}, host: 127.0.0.1 }
apiEndpoints: { api: { host: '*', paths: '/*' } }
serviceEndpoints: { backend: { url: 'http://127.0.0.1:${backendPort}' } }
policies: [key-auth, proxy]
pipelines:
  default:
    apiEndpoints: [api]
    policies:
      - key-auth:
      - proxy: [{ action: { serviceEndpoint: backend } }]
`;

/** Fetches express-gateway from npm into a scratch folder and starts it with key-auth in front of the backend. */
export async function startExpressGateway(
  directory: string,
  backendPort: number,
): Promise<Running & { headers: string[] }> {
  const home = join(directory, "express-gateway");
  mkdirSync(join(home, "config"), { recursive: true });
  writeFileSync(join(home, "package.json"), "{}");
  execFileSync("npm", ["install", `express-gateway@${VERSION}`, "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: home,
    stdio: "ignore",
  });
  const parts = join(home, "node_modules/express-gateway");
  cpSync(
    join(parts, "bin/generators/gateway/templates/basic/config/system.config.yml"),
    join(home, "config/system.config.yml"),
  );
  cpSync(join(parts, "lib/config/models"), join(home, "config/models"), { recursive: true });
  const port = await freePort();
  writeFileSync(join(home, "config/gateway.config.yml"), config(port, await freePort(), backendPort));
  writeFileSync(join(home, "start.cjs"), START);
  const started = await startNode(CORE.measured, join(home, "start.cjs"), { LOG_LEVEL: "error" });
  return { ...started, port, headers: [`Authorization: apiKey ${String(started.said.key)}`] };
}
