import { weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { importByPaste } from "./studio.ts";

test("a plan's limits of every kind, each explained beside its field when it is wrong, are there after saving", async ({
  page,
}) => {
  const title = unique("Weather");
  await signUp(page);
  const organization = await foundProvider(page);
  await importByPaste(page, title, weatherAs(title, "/weather"));
  await page.goto(`/provider/${organization}/drafts/products/new`);
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Version").fill("1.0.0");
  await page.getByRole("button", { name: "Create product" }).click();
  await page.getByRole("checkbox", { name: new RegExp(title) }).check();
  await page.getByRole("button", { name: "Add plan" }).click();
  await page.getByLabel("Plan", { exact: true }).last().fill("Gold");
  const limit = page.getByLabel(/^Rate limit/).last();
  await limit.fill("lots");
  await page.keyboard.press("Tab");
  await expect(limit).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await takeScreens(page, "product-editor-error");
  await limit.fill("1000/1hour");
  const burst = page.getByLabel(/^Burst limit/).last();
  await burst.fill("20/1second soft");
  await page
    .getByLabel(/^Quota/)
    .last()
    .fill("20000/1month");
  await expect(page.getByText("A burst limit is always hard. Leave out “soft”")).toBeVisible();
  await burst.fill("20/1second");
  await page.getByText("Limits of single operations").last().click();
  await page.getByRole("button", { name: "Add operation" }).last().click();
  const operation = page.getByLabel("Operation", { exact: true });
  await operation.fill("GET /nowhere");
  await page
    .getByLabel(/^Rate limit/)
    .last()
    .fill("5/1minute");
  await page.getByRole("button", { name: "Save product" }).click();
  await expect(operation).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await operation.fill("GET /current");
  await expectFitsTelephone(page);
  await takeScreens(page, "product-editor-limits");
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  await page.screenshot({ path: "test-results/screens/product-editor-limits-320-light.png", fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: "Save product" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Operation", { exact: true })).toHaveValue("GET /current");
  await expect(page.getByLabel(/^Rate limit/).last()).toHaveValue("5/1minute");
  await expect(page.getByLabel(/^Burst limit/).nth(1)).toHaveValue("20/1second");
  await expect(page.getByLabel(/^Quota/).nth(1)).toHaveValue("20000/1month");
});
