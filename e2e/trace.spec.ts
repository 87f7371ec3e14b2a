import { weatherWithAssembly, weatherWithBranches } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { enterSampleBackend, importByPaste } from "./studio.ts";

test("the test panel says what each policy of an assembly did, and shows no credential (S99, T24)", async ({
  page,
}) => {
  await signUp(page);
  await foundProvider(page);
  const title = unique("Weather");
  await importByPaste(page, title, weatherWithAssembly(title, "/weather"));
  await enterSampleBackend(page);
  await page.getByRole("link", { name: "Assemble" }).click();
  const order = page.getByRole("region", { name: "Assembly" }).getByRole("heading", { level: 3 });
  await expect(order).toHaveText(["Check the caller", "Name the caller", "Ask the backend", /target-url/]);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  const panel = page.getByRole("complementary", { name: "Test" });
  await panel.getByRole("button", { name: "Republish product" }).click();
  await expect(panel.getByText(/Live on 1 of 1 gateway/)).toBeVisible();
  await panel.getByRole("radio", { name: /\/current/ }).check();
  await panel.getByLabel("zipcode").fill("90210");
  await panel.getByRole("button", { name: "Invoke" }).click();
  await expect(panel.getByRole("region", { name: "Response", exact: true })).toContainText("200");
  await panel.getByText("2 policies", { exact: true }).click();
  const steps = panel.getByRole("list", { name: "Policies that ran" }).locator(":scope > li");
  await expect(steps).toHaveCount(2);
  await expect(steps.first()).toContainText("Name the caller");
  await expect(steps.first()).toContainText("x-caller: night report");
  await expect(steps.last()).toContainText("Ask the backend");
  await expect(steps.last()).toContainText("status: 200");
  await expect(steps.last()).toContainText("Beverly Hills");
  const secret = await panel.getByLabel("Client Secret", { exact: true }).inputValue();
  expect(secret).toMatch(/^pcs_test_/);
  for (const text of await steps.allInnerTexts()) expect(text).not.toContain(secret);
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "test-panel-trace");
});

test("Assemble shows policies within policies, and the test panel says who answered: gateway, policy or backend", async ({
  page,
  allowConsoleError,
}) => {
  allowConsoleError(/40\d|503/);
  await signUp(page);
  await foundProvider(page);
  const title = unique("Weather");
  await importByPaste(page, title, weatherWithBranches(title, "/weather"));
  await enterSampleBackend(page);
  await page.getByRole("link", { name: "Assemble" }).click();
  const assembly = page.getByRole("region", { name: "Assembly" });
  await expect(assembly.getByRole("link")).toHaveText([
    "By operation",
    "By zip code",
    "Refuse nowhere",
    "Ask another server",
    "Ask the backend",
    "Ask for the rest",
    "Say so in our words",
    "Note the call",
  ]);
  const within = assembly.getByRole("listitem").filter({ hasText: /^If \$\(request.parameters.zipcode\) = '00000'/ });
  await expect(within).toContainText("throw: Nowhere, 403");
  await expect(assembly.getByText("On ConnectionError", { exact: true })).toBeVisible();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "assemble-outline");
  await assembly.getByRole("link", { name: "Refuse nowhere" }).focus();
  await page.keyboard.press("Enter");
  // The line on which the cursor stands, below the editor.
  await expect(page.getByText(/^Ln \d+, Col \d+$/)).not.toHaveText("Ln 1, Col 1");
  await expect(page.locator(".cm-activeLine")).toContainText("throw:");
  await page.goBack();

  await page.getByRole("button", { name: "Test", exact: true }).click();
  const panel = page.getByRole("complementary", { name: "Test" });
  await panel.getByRole("button", { name: "Republish product" }).click();
  await expect(panel.getByText(/Live on 1 of 1 gateway/)).toBeVisible();
  await panel.getByRole("radio", { name: /\/current/ }).check();
  const response = panel.getByRole("region", { name: "Response", exact: true });
  const invoke = async (zipcode: string, status: string) => {
    await panel.getByLabel("zipcode").fill(zipcode);
    await panel.getByRole("button", { name: "Invoke" }).click();
    await expect(response).toContainText(status);
  };
  await invoke("00000", "403");
  await expect(response).toContainText("Answered by the policy Refuse nowhere. A throw of this API’s assembly.");
  await expect(response).toContainText("the backend was not called");
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "test-panel-policy");

  await invoke("11111", "503");
  await expect(response).toContainText("Answered by the policy Say so in our words.");
  await invoke("abc", "400");
  await expect(response).toContainText("this is the backend’s own answer");

  await panel.getByLabel("Client Secret", { exact: true }).fill("pcs_test_notthesecretofanybody");
  await invoke("90210", "401");
  await expect(response).toContainText("Refused by the gateway (CREDENTIAL_INVALID); the backend was not called.");
  await expect(response).toContainText("On record: What came as the secret was never one of Portico’s");
  await expectAccessible(page);
  await takeScreens(page, "test-panel-cause");
});
