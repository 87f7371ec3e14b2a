import { slugify } from "#lib/ids.ts";
import { paths } from "#lib/paths.ts";
import { sampleBackend, weatherWithOwnScheme } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { importByPaste, saveDesign } from "./studio.ts";

test("pages of other origins may call an API that is begun in the studio, until its form says otherwise", async ({
  page,
  installation,
}) => {
  await signUp(page);
  const organization = await foundProvider(page);
  await page.goto(paths.newApi(organization));
  await page.getByLabel("Title").fill("Weather");
  await page.getByLabel("Backend address").fill(sampleBackend().address);
  await page.getByRole("button", { name: "Create API" }).click();
  const cors = page.getByRole("checkbox", { name: "Web pages of other origins may call" });
  await expect(cors).toBeChecked();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "design-new");

  const publish = async () => {
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("menuitem", { name: "Sandbox" }).click();
    await expect(page.getByText(/Live on 1 of 1 gateway/)).toBeVisible();
    await page.getByRole("button", { name: "Done" }).click();
  };
  const allowedOrigin = async () => {
    const headers = { Origin: "https://shop.example", "Access-Control-Request-Method": "GET" };
    const address = `${installation.gatewayUrl}/${organization}/sandbox/weather`;
    return (await fetch(address, { method: "OPTIONS", headers })).headers.get("access-control-allow-origin");
  };
  await publish();
  expect(await allowedOrigin()).toBe("*");
  await cors.uncheck();
  await saveDesign(page);
  await publish();
  expect(await allowedOrigin()).toBeNull();
});

test("Explore sends what an API's own scheme wants, typed in the page and kept nowhere (gateway.md 2.5)", async ({
  page,
  allowConsoleError,
}) => {
  allowConsoleError(/401/);
  await signUp(page);
  const organization = await foundProvider(page);
  const title = unique("Weather");
  await importByPaste(page, title, weatherWithOwnScheme(title, "/weather"));
  const { address, username, password } = sampleBackend();
  await page.getByRole("link", { name: "Enter one" }).click();
  await page.getByLabel("Sandbox backend address").fill(address);
  await saveDesign(page);
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("menuitem", { name: "Sandbox" }).click();
  await expect(page.getByText(/Live on 1 of 1 gateway/)).toBeVisible();

  const api = slugify(title);
  await page.goto(paths.exploreOperation({ organization, catalog: "sandbox", api }, "getCurrent"));
  await page.getByRole("textbox", { name: /zipcode/ }).fill("90210");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByRole("region", { name: "Response", exact: true })).toContainText("401");
  const basic = Buffer.from(`${username}:${noteSecret(password)}`).toString("base64");
  await page.getByLabel(/^Authorization/).fill(`Basic ${noteSecret(basic)}`);
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("Beverly Hills").first()).toBeVisible();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "explore-own-scheme");
  await page.reload();
  expect(await page.content()).not.toContain(basic);
});
