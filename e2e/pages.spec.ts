import { globSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";

/** The pages of the portal as their files name them: `/provider/[organization]/members`. */
const pages = globSync("app/**/page.tsx", { cwd: join(import.meta.dirname, "..") })
  .map(
    (file) =>
      file
        .replace(/^app/, "")
        .replace(/\/page\.tsx$/, "")
        .replace(/\/\([^)]*\)/g, "") || "/",
  )
  .sort();

type Who = "anybody" | "developer" | "provider" | "administrator";

interface Row {
  who: Who;
  /** Where the page is in the first-run data; IDs are read off the list that links to it. */
  at: string | ((page: Page) => Promise<string>);
  /** Its one h1; none where the page only leads on. */
  heading?: RegExp;
  /** Where it leads, for one that shows nothing itself. */
  leadsTo?: RegExp;
}

const provider = "/provider/acme";
const api = "acme/sandbox/weather-provider-api";

/** The address behind the first link of a list that has this name. */
const linkOn = (list: string, name: string) => async (page: Page) => {
  await page.goto(list);
  return (await page.getByRole("link", { name }).first().getAttribute("href")) ?? "";
};
const draft = linkOn(`${provider}/drafts/apis`, "Weather Provider API");

const rows: Record<string, Row> = {
  "/": { who: "anybody", at: "/", leadsTo: /\/apis$/ },
  "/apis": { who: "anybody", at: "/apis", heading: /Find an API/ },
  "/apis/[organization]/[catalog]/[api]": { who: "anybody", at: `/apis/${api}`, heading: /Weather Provider API/ },
  "/sign-in": { who: "anybody", at: "/sign-in", heading: /Sign in/ },
  "/sign-up": { who: "anybody", at: "/sign-up", heading: /Create account/ },
  "/invitations/[token]": { who: "anybody", at: "/invitations/of-nobody", heading: /Not found/ },
  "/explore/[organization]/[catalog]": { who: "anybody", at: "/explore/acme/sandbox", heading: /./ },
  "/explore/[organization]/[catalog]/[api]": { who: "anybody", at: `/explore/${api}`, heading: /./ },
  "/explore/[organization]/[catalog]/[api]/[operation]": {
    who: "developer",
    at: `/explore/${api}/getCurrent`,
    heading: /./,
  },
  "/account": { who: "developer", at: "/account", heading: /Account/ },
  "/organizations/new": { who: "developer", at: "/organizations/new", heading: /Create an organization/ },
  "/installation/gateways": { who: "administrator", at: "/installation/gateways", heading: /Gateways/ },
  "/installation/audit": { who: "administrator", at: "/installation/audit", heading: /Audit log/ },
  "/applications": { who: "developer", at: "/applications", heading: /Applications/ },
  "/applications/new": { who: "developer", at: "/applications/new", heading: /Register an application/ },
  "/applications/[id]": { who: "developer", at: linkOn("/applications", "Storefront"), heading: /Storefront/ },
  "/provider/[organization]": { who: "provider", at: provider, heading: /Acme/ },
  "/provider/[organization]/approvals": { who: "provider", at: `${provider}/approvals`, heading: /Approvals/ },
  "/provider/[organization]/audit": { who: "provider", at: `${provider}/audit`, heading: /Audit log/ },
  "/provider/[organization]/members": { who: "provider", at: `${provider}/members`, heading: /Members/ },
  "/provider/[organization]/organization": { who: "provider", at: `${provider}/organization`, heading: /Organization/ },
  "/provider/[organization]/catalogs/[catalog]/products": {
    who: "provider",
    at: `${provider}/catalogs/sandbox/products`,
    heading: /Products/,
  },
  "/provider/[organization]/catalogs/[catalog]/settings/endpoints": {
    who: "provider",
    at: `${provider}/catalogs/sandbox/settings/endpoints`,
    heading: /Endpoints/,
  },
  "/provider/[organization]/drafts": { who: "provider", at: `${provider}/drafts`, leadsTo: /\/drafts\/apis$/ },
  "/provider/[organization]/drafts/apis": { who: "provider", at: `${provider}/drafts/apis`, heading: /Drafts/ },
  "/provider/[organization]/drafts/apis/new": { who: "provider", at: `${provider}/drafts/apis/new`, heading: /./ },
  "/provider/[organization]/drafts/apis/import": {
    who: "provider",
    at: `${provider}/drafts/apis/import`,
    heading: /./,
  },
  "/provider/[organization]/drafts/apis/[id]": { who: "provider", at: draft, heading: /Weather Provider API/ },
  "/provider/[organization]/drafts/apis/[id]/assemble": {
    who: "provider",
    at: async (page) => `${await draft(page)}/assemble`,
    heading: /Weather Provider API/,
  },
  "/provider/[organization]/drafts/apis/[id]/report": {
    who: "provider",
    at: async (page) => `${await draft(page)}/report`,
    heading: /Weather Provider API/,
  },
  "/provider/[organization]/drafts/products": { who: "provider", at: `${provider}/drafts/products`, heading: /Drafts/ },
  "/provider/[organization]/drafts/products/new": {
    who: "provider",
    at: `${provider}/drafts/products/new`,
    heading: /./,
  },
  "/provider/[organization]/drafts/products/[id]": {
    who: "provider",
    at: linkOn(`${provider}/drafts/products`, "Weather"),
    heading: /Weather/,
  },
};

test("every page of the portal stands in this table", () => {
  expect(Object.keys(rows).sort()).toEqual(pages);
});

for (const who of ["anybody", "developer", "provider", "administrator"] as const) {
  const own = Object.entries(rows).filter(([, row]) => row.who === who);
  test(`each page for ${who} shows its heading, breaks no rule of accessibility, and fits a telephone`, async ({
    page: stranger,
    asUser,
    installation,
    allowConsoleError,
  }) => {
    // Each is drawn four times and read by axe twice.
    test.setTimeout(60_000 + 30_000 * own.length);
    // The invitation that does not exist.
    allowConsoleError(/404/);
    const page = who === "anybody" ? stranger : await asUser(installation.firstRun.accounts[who]);
    for (const [name, row] of own) {
      await test.step(name, async () => {
        await page.goto(typeof row.at === "string" ? row.at : await row.at(page));
        if (row.leadsTo) {
          await expect(page).toHaveURL(row.leadsTo);
          return;
        }
        await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(row.heading ?? /./);
        await expectAccessible(page);
        await expectFitsTelephone(page);
        await takeScreens(page, `page${name.replace(/[^a-z]+/g, "-")}`);
      });
    }
  });
}

test("a page that needs a person leads a stranger to sign-in, and back", async ({ page }) => {
  for (const row of Object.values(rows)) {
    if (row.who === "anybody" || typeof row.at !== "string" || row.at.startsWith("/explore")) continue;
    await page.goto(row.at);
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  }
});

test("a stranger's organization is as absent as one that does not exist", async ({
  asUser,
  developer,
  allowConsoleError,
}) => {
  allowConsoleError(/404/);
  const page = await asUser(developer);
  const texts: string[] = [];
  for (const organization of ["acme", "no-such-organization"]) {
    const answer = await page.goto(`/provider/${organization}/members`);
    expect(answer?.status()).toBe(404);
    texts.push(...(await page.getByRole("main").allInnerTexts()));
  }
  expect(texts[0]).toBe(texts[1]);
});

test("the installation's pages are absent for whoever does not run it, and no menu leads there", async ({
  asUser,
  provider,
  allowConsoleError,
}) => {
  allowConsoleError(/404/);
  const page = await asUser(provider);
  for (const path of ["/installation/gateways", "/installation/audit"]) {
    expect((await page.goto(path))?.status()).toBe(404);
  }
  await page.getByRole("button", { name: /^Account of/ }).click();
  await expect(page.getByRole("link", { name: "Account" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Installation" })).toHaveCount(0);
});

test("an action or a call from a foreign page is refused (T25)", async ({ installation }) => {
  const { portalUrl } = installation;
  for (const origin of ["https://evil.example", null]) {
    const answer = await fetch(`${portalUrl}/api/explore/call`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(origin && { Origin: origin }) },
      body: "{}",
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: "FORBIDDEN" });
  }
});
