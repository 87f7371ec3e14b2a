import { setTimeout } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { readSettings } from "#lib/env.ts";
import { paths } from "#lib/paths.ts";
import { hasEnded, startChild, stopChild } from "#scripts/child.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { LogFile } from "#scripts/log-file.ts";
import { openInstallation } from "#scripts/open-installation.ts";
import { childEnvironment, parts } from "#scripts/parts.ts";
import { openSecrets } from "#scripts/secrets-file.ts";
import { weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { importByPaste, saveDesign } from "./studio.ts";

/** A name that browsers do not trust as they trust localhost. Nobody's: .test is reserved (RFC 6761). */
const NAME = "portal.test";
const STOP_MS = 10_000;

/** Another portal of the installation, which people know by a name of their network and over plain http. */
async function startPortal(logFile: string) {
  openInstallation();
  const port = await freePort();
  const settings = readSettings({ ...process.env, PORT: String(port), PORTAL_URL: `http://${NAME}:${port}` });
  const { secrets } = openSecrets(settings.DATA_DIR, process.env);
  const env = childEnvironment(settings, secrets, process.env.DATABASE_URL ?? "", "production");
  const part = parts(settings, env, "production").find(({ name }) => name === "portal");
  if (!part?.answers) throw new Error("the portal is a part of the installation");
  const child = startChild({ ...part, log: new LogFile(logFile) });
  while (!(await part.answers())) {
    if (hasEnded(child)) throw new Error(`the portal ended: see ${logFile}`);
    await setTimeout(50);
  }
  return { url: settings.PORTAL_URL, stop: () => stopChild(child, STOP_MS) };
}

async function work(page: Page): Promise<void> {
  await signUp(page);
  expect(await page.evaluate(() => [window.isSecureContext, typeof crypto.randomUUID])).toEqual([false, "undefined"]);
  const organization = await foundProvider(page);
  const title = unique("Weather");
  await importByPaste(page, title, weatherAs(title, "/plain"));
  await page.getByRole("link", { name: "Enter one" }).click();
  await page.getByRole("button", { name: "Add security option" }).click();
  await page.getByRole("button", { name: "Remove option 2" }).click();
  await page.getByRole("button", { name: "Add security definition" }).click();
  await page.getByRole("menuitem", { name: "API Key" }).click();
  await page.getByLabel("Name", { exact: true }).fill("third");
  await page.getByLabel("Parameter name").fill("X-Third");
  await saveDesign(page);

  await page.goto(paths.newProduct(organization));
  await page.getByLabel("Title").fill("Plain");
  await page.getByLabel("Title").press("Enter");
  await page.getByRole("button", { name: "Add plan" }).click();
  await expect(page.getByRole("region", { name: "Plans" }).getByRole("listitem")).toHaveCount(2);

  await page.goto(paths.newApplication());
  await page.getByLabel("Name", { exact: true }).fill(unique("Plain"));
  await page.getByRole("button", { name: "Register application" }).click();
  const dialog = page.getByRole("dialog", { name: /^Save the secret of/ });
  noteSecret((await dialog.locator("code").last().textContent()) ?? "");
  await dialog.getByRole("button", { name: "Copy client secret" }).click();
  await expect(dialog.getByText("Copied client secret")).toHaveCount(1);
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: /\.env$/ }).click();
  await download;
}

test("drafts, plans and secrets work over plain http on a name of the network (F78)", async ({
  playwright,
  launchOptions,
  contextOptions,
  watch,
}, info) => {
  const portal = await startPortal(info.outputPath("portal.log"));
  const args = [...(launchOptions.args ?? []), `--host-resolver-rules=MAP ${NAME} 127.0.0.1`];
  const browser = await playwright.chromium.launch({ ...launchOptions, args });
  try {
    const page = await (await browser.newContext({ ...contextOptions, baseURL: portal.url })).newPage();
    watch(page);
    await work(page);
  } finally {
    await browser.close();
    await portal.stop();
  }
});
