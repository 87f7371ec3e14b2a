import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "@playwright/test";

/** Beside the data directory, so that the search of it does not find the list itself. */
const file = join(dirname(process.env.DATA_DIR ?? ".data"), "issued-secrets.txt");

/** Remembers a secret that the installation issued, for the canary at the end of the run; returns it. */
export function noteSecret(secret: string): string {
  appendFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** Every secret that the run's journeys were given. */
export const issuedSecrets = (): string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];

/** Reads every answer that a page gets from now on; the function tells how many of them held a secret. */
export function watchForSecrets(page: Page): (secret: string) => Promise<number> {
  const bodies: Promise<string>[] = [];
  page.on("response", (response) => {
    bodies.push(response.text().catch(() => ""));
  });
  return async (secret) => (await Promise.all(bodies)).filter((body) => body.includes(secret)).length;
}
