import { weatherWithoutKeys } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, takeScreens } from "./helpers.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, signUp } from "./people.ts";
import { enterSampleBackend, importByPaste, saveDesign } from "./studio.ts";

test('the tutorial "Securing your API with Client ID and Client Secret", from an import to 200 and 401 (G1, S32-S64)', async ({
  page,
  allowConsoleError,
}) => {
  allowConsoleError(/401/);
  await signUp(page);
  await foundProvider(page);

  await test.step("prerequisite: import the definition and give it its backend", async () => {
    const source = weatherWithoutKeys("Weather Provider API", "/weather");
    await importByPaste(page, "Weather Provider API", source);
    await expectAccessible(page);
    await takeScreens(page, "import-report");
    await enterSampleBackend(page);
  });

  await test.step("1: Drafts, APIs, the API's Design view", async () => {
    await page
      .getByRole("link", { name: /^Drafts/ })
      .first()
      .click();
    await page.getByRole("link", { name: "APIs", exact: true }).first().click();
    await page.getByRole("link", { name: "Weather Provider API" }).click();
    await expect(page.getByRole("heading", { name: "Security Definitions" })).toBeVisible();
  });

  await test.step("2: Security Definitions: two API keys in the header", async () => {
    for (const [name, parameter] of [
      ["Client ID", "X-IBM-Client-Id"],
      ["Client Secret", "X-IBM-Client-Secret"],
    ] as const) {
      await page.getByRole("button", { name: "Add security definition" }).click();
      await page.getByRole("menuitem", { name: "API Key" }).click();
      await page.getByLabel("Name", { exact: true }).fill(name);
      await page.getByLabel("Parameter name").fill(parameter);
      if (name === "Client Secret") await page.getByText("Client secret", { exact: true }).last().click();
      await expect(page.getByRole("radio", { name: "Header", exact: true })).toBeChecked();
    }
  });

  await test.step("3: Security: one option with both keys; save; Assemble", async () => {
    await page.getByRole("button", { name: "Add security option" }).click();
    await page.getByRole("checkbox", { name: /^Client ID/ }).check();
    await page.getByRole("checkbox", { name: /^Client Secret/ }).check();
    await expectAccessible(page);
    await takeScreens(page, "design");
    await saveDesign(page);
    await page.getByRole("link", { name: "Assemble" }).click();
  });

  const panel = page.getByRole("complementary", { name: "Test" });
  await test.step("Test: republish, the operation, the test values, Invoke: 200", async () => {
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await panel.getByRole("button", { name: "Republish product" }).click();
    await expect(panel.getByText(/Live on 1 of 1 gateway/)).toBeVisible();
    await panel.getByRole("radio", { name: /\/current/ }).check();
    await expect(panel.getByLabel("Client ID", { exact: true })).toHaveValue(/^[0-9a-f]{32}$/);
    await expect(panel.getByLabel("Client Secret", { exact: true })).toHaveValue(/^pcs_test_/);
    await panel.getByLabel("zipcode").fill("90210");
    await panel.getByRole("button", { name: "Invoke" }).click();
    await expect(panel.getByRole("region", { name: "Response", exact: true })).toContainText("200");
    await expect(panel.getByLabel("Response body").last()).toContainText("Beverly Hills");
    await expectAccessible(page);
    await takeScreens(page, "test-panel-200");
  });

  await test.step('a random client ID: 401 and "Client ID not registered", without typing the rest again (S57-S59)', async () => {
    await panel.getByLabel("Client ID", { exact: true }).fill("0123456789abcdef0123456789abcdef");
    await panel.getByRole("button", { name: "Invoke" }).click();
    const response = panel.getByRole("region", { name: "Response", exact: true });
    await expect(response).toContainText("401");
    await expect(response).toContainText("Client ID not registered");
    await expect(panel.getByLabel("zipcode")).toHaveValue("90210");
    await expectAccessible(page);
    await takeScreens(page, "test-panel-401");
  });

  await test.step("the test values stand under Dashboard, catalog, Settings, Endpoints (S53)", async () => {
    await page.getByRole("link", { name: "Dashboard" }).first().click();
    await page.getByRole("link", { name: "Settings: endpoints" }).first().click();
    await expect(page.getByRole("heading", { name: "Endpoints", level: 1 })).toBeVisible();
    await expect(page.getByText("Weather Provider API 1.0.0")).toBeVisible();
    await page.getByRole("button", { name: "Show test secret" }).click();
    noteSecret((await page.getByText(/^pcs_test_/).textContent()) ?? "");
  });
});
