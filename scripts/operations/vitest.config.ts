import { defineConfig } from "vitest/config";

/** Starts and stops the real installation: run by scripts/test after the production build. */
export default defineConfig({
  test: {
    include: ["scripts/operations/*.spec.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each runs several processes; one of them measures a start.
    fileParallelism: false,
  },
});
