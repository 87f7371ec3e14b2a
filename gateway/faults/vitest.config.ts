import { randomBytes } from "node:crypto";
import { defineConfig } from "vitest/config";
import { secretNames } from "#lib/env.ts";

// What happens when other things fall (gateway.md part 8), with gateways, databases and backends of its own.
const secrets = Object.fromEntries(secretNames.map((name) => [name, randomBytes(24).toString("base64url")]));

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["gateway/faults/**/*.spec.ts"],
    env: { ...secrets, LOG_LEVEL: "silent" },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One after the other: each loads the machine by itself.
    fileParallelism: false,
  },
});
