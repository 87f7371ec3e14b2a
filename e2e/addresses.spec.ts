import { slugify } from "#lib/ids.ts";
import { paths } from "#lib/paths.ts";
import { sampleBackend, weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { importByPaste, saveDesign } from "./studio.ts";

test("an address with a version in its name leads to the one of today, and says so (F52)", async ({ page }) => {
  const old = await page.request.get("/apis/acme/sandbox/weather-provider-api-1.0.0", { maxRedirects: 0 });
  expect([old.status(), old.headers().location]).toEqual([
    308,
    "/apis/acme/sandbox/weather-provider-api?moved=address",
  ]);
  await page.goto("/apis/acme/sandbox/weather-provider-api-1.0.0");
  await expect(page.getByText("This API has a new address.")).toBeVisible();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "moved-address");
  await page.goto("/explore/acme/sandbox/weather-provider-api-1.0.0/getCurrent");
  await expect(page).toHaveURL("/explore/acme/sandbox/weather-provider-api/getCurrent?moved=address");
  await expect(page.getByText("This API has a new address.")).toBeVisible();
  await page.goto("/explore/acme/sandbox/weather-provider-api-1.0.0");
  await expect(page).toHaveURL(/\/explore\/acme\/sandbox\/weather-provider-api\/\w+\?moved=address$/);
});

test("an API of two versions has one address, a switch between them, and opens in Explore as each (F52)", async ({
  page,
}) => {
  await signUp(page);
  const organization = await foundProvider(page);
  const title = unique("Switch");
  const odd = "1.0.0+build/5 50%";
  for (const [version, base] of [
    ["2.0.0", "/two"],
    [odd, "/odd"],
  ] as const) {
    await page.goto(paths.provider(organization));
    await importByPaste(page, title, weatherAs(title, base).replace("version: 1.0.0", `version: "${version}"`));
    await page.getByRole("link", { name: "Enter one" }).click();
    await page.getByLabel("Sandbox backend address").fill(sampleBackend().address);
    await saveDesign(page);
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("menuitem", { name: "Sandbox" }).click();
    await expect(page.getByText(/Live on 1 of 1 gateway/)).toBeVisible();
  }

  const ref = { organization, catalog: "sandbox", api: slugify(title) };
  await page.goto(paths.api(ref));
  await page.getByRole("button", { name: "Version 2.0.0, choose another" }).click();
  await expectAccessible(page);
  await page.getByRole("menuitem", { name: odd }).click();
  await expect(page).toHaveURL(paths.api({ ...ref, version: odd }));
  await expect(page.getByRole("button", { name: "Subscribe the new application to Default" })).toBeVisible();
  await expect(page.getByRole("button", { name: `Version ${odd}, choose another` })).toBeVisible();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "api-versions");
  await page.getByRole("searchbox", { name: "Filter operations" }).fill("current");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=current/);
  await expect(page.getByRole("button", { name: `Version ${odd}, choose another` })).toBeVisible();
  await page.getByRole("link", { name: "Open in Explore" }).click();
  await expect(page).toHaveURL(paths.exploreOperation({ ...ref, version: odd }, "getCurrent"));
  await expect(page.getByRole("button", { name: `Version ${odd}, choose another` })).toBeVisible();
  await page.goto(`${paths.exploreApi(ref)}?version=${encodeURIComponent(odd)}`);
  await expect(page).toHaveURL(paths.exploreOperation({ ...ref, version: odd }, "getCurrent"));

  const pinned = { ...ref, version: odd };
  for (const [list, link] of [
    [paths.catalog(`?q=${ref.api}`), paths.api(pinned)],
    [paths.catalogProducts(ref), paths.api(pinned)],
    [paths.explore(ref), paths.exploreApi(pinned)],
  ] as const) {
    await page.goto(list);
    await page.locator(`a[href="${link}"]`).click();
    await expect(page.getByRole("button", { name: `Version ${odd}, choose another` })).toBeVisible();
  }
});
