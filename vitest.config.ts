import { randomBytes } from "node:crypto";
import { defineConfig } from "vitest/config";

const random = () => randomBytes(24).toString("base64url");

export default defineConfig({
  test: {
    include: ["{lib,gateway,scripts,components,app,prisma}/**/*.test.{ts,tsx}"],
    globalSetup: ["lib/test-kit/global-setup.ts"],
    // How long a thing takes depends on what else the machine does; a test waits for the thing itself.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: { PEPPER: random(), SEAL_KEY: random(), SESSION_SECRET: random(), EXPLORE_KEY: random(), LOG_LEVEL: "silent" },
  },
});
