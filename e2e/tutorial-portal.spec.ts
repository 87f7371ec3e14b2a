import { weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, takeScreens } from "./helpers.ts";
import { noteSecret, watchForSecrets } from "./issued-secrets.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { runCurl } from "./run-curl.ts";
import { enterSampleBackend, importByPaste } from "./studio.ts";

test('the tutorial "Securing microservices using an API Key": application, API, plan, ID and secret, a call (G1, S5-S27)', async ({
  page,
  browser,
  watch,
  installation,
  allowConsoleError,
}) => {
  allowConsoleError(/40[13]/);
  const title = unique("Weather");
  const basePath = `/${title.toLowerCase().replaceAll(" ", "-")}`;

  await test.step("the provider publishes an API that asks for ID and secret, in front of basic authentication", async () => {
    await signUp(page);
    await foundProvider(page);
    await importByPaste(page, title, weatherAs(title, basePath));
    await enterSampleBackend(page);
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("menuitem", { name: "Sandbox" }).click();
    await expect(page.getByText(/Live on 1 of 1 gateway/)).toBeVisible();
  });

  const context = await browser.newContext({ baseURL: installation.portalUrl });
  const developer = await context.newPage();
  watch(developer);
  const seen = await watchForSecrets(developer);
  const application = unique("Storefront");
  let clientId = "";
  let clientSecret = "";

  await test.step("a developer registers an application and gets ID and secret, once", async () => {
    await signUp(developer, { next: "/applications" });
    await expect(developer.getByText("No applications yet")).toBeVisible();
    await expectAccessible(developer);
    await takeScreens(developer, "applications-empty");
    await developer.getByRole("link", { name: "Register an application" }).first().click();
    await developer.getByLabel("Name", { exact: true }).fill(application);
    await developer.getByLabel("Description").fill("Calls the weather for the checkout page.");
    await developer.getByRole("button", { name: "Register application" }).click();
    const dialog = developer.getByRole("dialog", { name: /^Save the secret of/ });
    await expect(dialog).toBeVisible();
    const [id, secret] = await dialog.locator("code").allInnerTexts();
    clientId = id ?? "";
    clientSecret = noteSecret(secret ?? "");
    expect(clientId).toMatch(/^[0-9a-f]{32}$/);
    expect(clientSecret).toMatch(/^pcs_test_[0-9A-Za-z]{49}$/);
    await expectAccessible(developer);
    await takeScreens(developer, "secret-dialog");
    await developer.keyboard.press("Escape");
    await expect(dialog).toBeVisible();
    const download = developer.waitForEvent("download");
    await dialog.getByRole("button", { name: /\.env$/ }).click();
    expect((await download).suggestedFilename()).toMatch(/\.env$/);
    await expect(dialog.getByRole("button", { name: "Done" })).toBeDisabled();
    await dialog.getByRole("checkbox", { name: "I have saved the secret somewhere safe" }).check();
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect(dialog).toBeHidden();
    await developer.reload();
    expect(await developer.content()).not.toContain(clientSecret);
  });

  await test.step("the API's page says what is required, and a plan asks for the application (S19, S20)", async () => {
    await developer.getByRole("link", { name: "APIs", exact: true }).first().click();
    await developer.getByRole("searchbox").fill(title);
    await developer.keyboard.press("Enter");
    await developer.getByRole("link", { name: title }).first().click();
    await expect(developer.getByText("Client ID and secret, header")).toBeVisible();
    await expectAccessible(developer);
    await takeScreens(developer, "api-page");
    const column = developer.getByRole("complementary", { name: "Subscribe" });
    await column.getByRole("button", { name: /^Subscribe / }).click();
    await expect(column.getByText(`${application} has Default.`)).toBeVisible();
  });

  await test.step("Explore calls it through the gateway as the application: 200 (S60-S63)", async () => {
    await developer.getByRole("link", { name: "Call it in Explore" }).click();
    await expect(developer.getByRole("heading", { level: 1 })).toBeVisible();
    await developer
      .getByRole("link", { name: /\/current|Current weather/ })
      .first()
      .click();
    const zip = developer.getByRole("textbox", { name: /zipcode/ });
    await expect(zip).toBeVisible();
    await zip.fill("90210");
    await developer.keyboard.press("ControlOrMeta+Enter");
    await expect(developer.getByText("Beverly Hills").first()).toBeVisible();
    await expectAccessible(developer);
    await takeScreens(developer, "explore-200");
  });

  await test.step("the application's page shows API and plan, and its curl works as it stands (S21-S27)", async () => {
    await developer.getByRole("link", { name: "Applications", exact: true }).first().click();
    await developer.getByRole("link", { name: application }).first().click();
    await expect(developer.getByText(title).first()).toBeVisible();
    await expectAccessible(developer);
    await takeScreens(developer, "application");
    const shell = developer.locator("pre", { hasText: "curl" });
    await expect(shell).toBeVisible();
    const [command = ""] = await shell.allInnerTexts();
    expect(command).not.toContain(clientSecret);
    const answer = await runCurl(command, { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret });
    expect(JSON.parse(answer)).toMatchObject({ city: "Beverly Hills" });
  });

  await test.step("the secret was in the one answer that created it, and nowhere else", async () => {
    expect(seen(clientSecret)).toBe(1);
  });
  await context.close();
});
