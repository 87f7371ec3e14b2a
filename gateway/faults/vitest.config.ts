import { randomBytes } from "node:crypto";
import { defineConfig } from "vitest/config";
import { secretNames } from "#lib/env.ts";

// What happens when other things fall, hang or are very large (gateway.md part 8), and beside strangers, with gateways,
// portals, databases and backends of its own. `npm test` runs it in short form; with FAULTS=full (npm run faults) everything lasts as long as part 8 says.
for (const name of secretNames) process.env[name] = randomBytes(24).toString("base64url");
const secrets = Object.fromEntries(secretNames.map((name) => [name, process.env[name] ?? ""]));
const full = process.env.FAULTS === "full";

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["gateway/faults/**/*.spec.ts"],
    env: { ...secrets, LOG_LEVEL: "silent" },
    // How long a thing takes depends on what else the machine does; a test waits for the thing itself.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: full ? 1_800_000 : 120_000,
    hookTimeout: full ? 600_000 : 120_000,
    // One after the other: each loads the machine by itself.
    fileParallelism: false,
  },
});
