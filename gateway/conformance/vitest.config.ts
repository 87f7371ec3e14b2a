import { randomBytes } from "node:crypto";
import { defineConfig } from "vitest/config";
import { secretNames } from "#lib/env.ts";

// With TARGET the gateway that is tested has its own secrets: they and DATABASE_URL must stand in the environment,
// since the suite writes its fixtures into that installation's database. Otherwise it makes both, and starts a gateway.
if (!process.env.TARGET) {
  for (const name of secretNames) process.env[name] = randomBytes(24).toString("base64url");
}
const secrets = Object.fromEntries(secretNames.map((name) => [name, process.env[name] ?? ""]));

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["gateway/conformance/**/*.spec.ts"],
    globalSetup: ["gateway/conformance/kit/global-setup.ts"],
    env: { ...secrets, LOG_LEVEL: "silent" },
    // How long a thing takes depends on what else the machine does; a test waits for the thing itself.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
