import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "@playwright/test";

/** Beside the data directory, so that the search of it does not find the list itself. */
export const issuedFile = join(dirname(process.env.DATA_DIR ?? ".data"), "issued-secrets.txt");

/** Remembers a secret that the installation issued, for the canary at the end of the run; returns it. */
export function noteSecret(secret: string): string {
  appendFileSync(issuedFile, `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** Every secret that the run's journeys were given. */
export const issuedSecrets = (): string[] =>
  existsSync(issuedFile) ? readFileSync(issuedFile, "utf8").split("\n").filter(Boolean) : [];

/**
 * Reads every answer of the portal to a page from now on; the function tells how many of them held a secret. The
 * browser keeps no body of an answer that the page reads as a stream, so each is read on its way.
 */
export async function watchForSecrets(page: Page): Promise<(secret: string) => number> {
  const bodies: string[] = [];
  await page.route(
    (url) => !url.pathname.startsWith("/_next/static/"),
    async (route) => {
      const response = await route.fetch({ maxRedirects: 0 });
      bodies.push(await response.text());
      await route.fulfill({ response });
    },
  );
  return (secret) => bodies.filter((body) => body.includes(secret)).length;
}
