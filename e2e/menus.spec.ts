import type { Page } from "@playwright/test";
import { paths } from "#lib/paths.ts";
import { expect, test } from "./fixtures.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, signUp, unique } from "./people.ts";

/** Every page that header, rail and account menu of this page lead to, with what it answers. */
async function refusedMenus(page: Page): Promise<string[]> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  const addresses = await page
    .locator("header a[href], nav a[href], [role=dialog] a[href]")
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  await page.keyboard.press("Escape");
  const refused: string[] = [];
  for (const address of new Set(addresses.map((each) => each.split("#")[0] ?? ""))) {
    const { status } = await page.evaluate(async (url) => ({ status: (await fetch(url)).status }), address);
    if (status !== 200) refused.push(`${status} ${new URL(address).pathname}`);
  }
  return refused;
}

test("menus offer what opens: to an administrator, to a newcomer, and to each role of a provider (F60)", async ({
  asUser,
  administrator,
  page,
  browser,
  installation,
  allowConsoleError,
}) => {
  // A page that is missing is asked for by script here, and says so in the console.
  allowConsoleError(/404/);
  const ada = await asUser(administrator);
  for (const address of [paths.catalog(), paths.account(), paths.gateways()]) {
    await ada.goto(address);
    expect(await refusedMenus(ada)).toEqual([]);
  }

  await signUp(page);
  await page.goto(paths.account());
  expect(await refusedMenus(page)).toEqual([]);
  const organization = await foundProvider(page);
  expect(await refusedMenus(page)).toEqual([]);
  await expect(page.getByRole("link", { name: "Audit log" })).toHaveCount(1);

  for (const role of ["Viewer", "Developer"]) {
    await page.goto(paths.members(organization));
    await page.getByRole("button", { name: /Role$/ }).last().click();
    await page.getByRole("option", { name: role }).click();
    const link = await inviteAs(page, `${unique(role).replaceAll(" ", "").toLowerCase()}@example.com`);
    const context = await browser.newContext({ baseURL: installation.portalUrl });
    const invited = await context.newPage();
    await invited.goto(link);
    await invited.getByRole("main").getByRole("link", { name: "Create account" }).click();
    await invited.getByLabel("Your name").fill(role);
    await invited.getByLabel("Password").fill(noteSecret(unique("a long password")));
    await invited.keyboard.press("Enter");
    await invited.getByRole("button", { name: /^Join / }).click();
    await invited.waitForURL(/\/provider\//);
    for (const address of [paths.members(organization), paths.catalog()]) {
      await invited.goto(address);
      expect(await refusedMenus(invited)).toEqual([]);
    }
    await context.close();
  }
});

/** As inviteByLink, with the role that is chosen already. */
async function inviteAs(page: Page, email: string): Promise<string> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Create invitation" }).click();
  const shown = page.locator("code", { hasText: "/invitations/" });
  await shown.waitFor();
  const link = (await shown.textContent()) ?? "";
  noteSecret(new URL(link).pathname.split("/").at(-1) ?? "");
  return link;
}

test("Explore's page for what is not there has the gutters of every page (F60)", async ({
  page,
  allowConsoleError,
}) => {
  allowConsoleError(/404/);
  for (const address of ["/explore/acme/sandbox/no-such-api", "/explore/acme/no-such-catalog"]) {
    await page.goto(address);
    const heading = page.getByRole("heading", { name: "Not found", level: 1 });
    await expect(heading).toBeVisible();
    expect((await heading.boundingBox())?.x).toBeGreaterThanOrEqual(16);
  }
});
