import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import type { FirstRun, FirstRunAccount } from "#scripts/first-run.ts";
import { signIn } from "./helpers.ts";

/** The installation under test: that of scripts/test, or one that a developer runs. */
export interface Installation {
  portalUrl: string;
  gatewayUrl: string;
  /** The first-run accounts and the credential of Storefront. */
  firstRun: FirstRun;
}

interface Fixtures {
  installation: Installation;
  /** Jo Olsen, owner of the provider Acme. */
  provider: FirstRunAccount;
  /** Mira Kessler, owner of the consumer Northwind Retail. */
  developer: FirstRunAccount;
  /** Ada Brandt, who runs the installation and belongs to no organization. */
  administrator: FirstRunAccount;
  /** A page of a browser of their own, signed in; call it as often as people take part. */
  asUser: (account: Pick<FirstRunAccount, "email" | "password">) => Promise<Page>;
  /** Says that the browser's console may show an error like this, say of a request that is refused on purpose. */
  allowConsoleError: (pattern: RegExp) => void;
  /** Collects console and page errors of a page that a test opened by itself. */
  watch: (page: Page) => void;
  /** Fails the test after it, when a page showed an error that was not allowed. */
  quietConsole: undefined;
}

function readInstallation(): Installation {
  const dataDir = process.env.DATA_DIR ?? ".data";
  return {
    portalUrl: process.env.PORTAL_URL ?? "http://localhost:3000",
    gatewayUrl: process.env.GATEWAY_URL ?? "http://localhost:8080",
    firstRun: JSON.parse(readFileSync(join(dataDir, "first-run.json"), "utf8")),
  };
}

interface Watch {
  errors: string[];
  allowed: RegExp[];
}
const watched = new WeakSet<Page>();

/** `test` of every journey: accounts, signed-in pages, and a browser console that has to stay quiet. */
export const test = base.extend<Fixtures & { watchState: Watch }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are needed from the pattern.
  installation: async ({}, use) => use(readInstallation()),
  provider: async ({ installation }, use) => use(installation.firstRun.accounts.provider),
  developer: async ({ installation }, use) => use(installation.firstRun.accounts.developer),
  administrator: async ({ installation }, use) => use(installation.firstRun.accounts.administrator),
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  watchState: async ({}, use) => use({ errors: [], allowed: [] }),
  allowConsoleError: async ({ watchState }, use) => use((pattern) => void watchState.allowed.push(pattern)),
  watch: async ({ watchState }, use) =>
    use((page) => {
      if (watched.has(page)) return;
      watched.add(page);
      page.on("pageerror", (error) => watchState.errors.push(`page error: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error") watchState.errors.push(`${message.text()} (${message.location().url})`);
      });
    }),
  asUser: async ({ browser, watch, baseURL, contextOptions }, use) => {
    const opened: Page[] = [];
    await use(async (account) => {
      const context = await browser.newContext({ ...contextOptions, baseURL });
      const page = await context.newPage();
      watch(page);
      opened.push(page);
      await signIn(page, account);
      return page;
    });
    for (const page of opened) await page.context().close();
  },
  quietConsole: [
    async ({ watchState, page, watch }, use) => {
      watch(page);
      await use(undefined);
      const { errors, allowed } = watchState;
      expect(errors.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
