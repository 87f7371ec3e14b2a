import { weatherWithAssembly } from "./definitions.ts";
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
