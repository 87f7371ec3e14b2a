import { defineConfig } from "@playwright/test";
import { browser } from "./scripts/browser.ts";

const { executablePath, env } = await browser();

/** The journeys run against the installation that scripts/test starts; PORTAL_URL, GATEWAY_URL and DATA_DIR name it. */
export default defineConfig({
  testDir: "e2e",
  // scripts/test gives a directory of the run's own, so that two runs do not clear each other's.
  outputDir: process.env.E2E_OUTPUT ?? "test-results/e2e",
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 150_000,
  expect: { timeout: 10_000 },
  projects: [
    { name: "journeys", testIgnore: /canary|gateways/ },
    // A further gateway shows in everybody's words, so nobody else publishes meanwhile.
    { name: "gateways", testMatch: /gateways/, dependencies: ["journeys"] },
    // Looks for what the journeys may have left behind, so it comes last.
    { name: "canary", testMatch: /canary/, dependencies: ["gateways"] },
  ],
  reporter: [["list"], ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? "test-results/e2e.json" }]],
  use: {
    baseURL: process.env.PORTAL_URL ?? "http://localhost:3000",
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--font-render-hinting=none"],
      env,
    },
  },
});
