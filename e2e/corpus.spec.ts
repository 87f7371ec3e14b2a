import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, takeScreens } from "./helpers.ts";
import { foundProvider, signUp } from "./people.ts";

/** Real definitions of others, beside the project or where SPEC_CORPUS says; the largest, and one of each version. */
const corpus = process.env.SPEC_CORPUS ?? join(import.meta.dirname, "../../shared/specs");
const files = [
  { file: "30-stripe.yaml", title: "Stripe API" },
  { file: "20-kubernetes.json", title: "Kubernetes" },
  { file: "31-openai.json", title: "OpenAI API" },
  { file: "20-docker.yaml", title: "Docker Engine API" },
];

test("definitions of 3 MB are imported by file, published, and open without hanging a page (G14)", async ({ page }) => {
  test.skip(!existsSync(corpus), "the corpus of real definitions is not here");
  test.setTimeout(300_000);
  await signUp(page);
  const organization = await foundProvider(page);
  for (const { file, title } of files) {
    await test.step(file, async () => {
      await page.goto(`/provider/${organization}/drafts/apis/import`);
      await page.locator('input[type="file"]').setInputFiles(join(corpus, file));
      await page.getByRole("button", { name: "Import API" }).click();
      await expect(page.getByRole("heading", { level: 1, name: /is imported$/ })).toBeVisible({ timeout: 60_000 });
      await expectAccessible(page);
      await takeScreens(page, `report-${file}`);
      await page.getByRole("link", { name: "Open the design" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toContainText(title, { timeout: 30_000 });
      // The page answers: the filter of its operations finds one while all of it is there.
      await expect(page.getByRole("heading", { name: "Security Definitions" })).toBeVisible();
    });
  }
});

test("an address is fetched by the portal, and a forbidden or broken one is explained beside its field (T10, T13)", async ({
  page,
}) => {
  await signUp(page);
  const organization = await foundProvider(page);
  await page.goto(`/provider/${organization}/drafts/apis/import`);
  await page.getByText("Address", { exact: true }).click();
  const field = page.getByRole("textbox", { name: "Address" });
  for (const address of [
    "http://169.254.169.254/latest/meta-data",
    "https://[::ffff:10.0.0.1]/openapi.json",
    "not an address",
  ]) {
    await field.fill(address);
    await page.getByRole("button", { name: "Import API" }).click();
    await expect(page.getByRole("alert").first()).toBeVisible();
    await expect(field).toHaveValue(address);
  }
  await expectAccessible(page);
});

test("a text that is no definition is refused with its line, and stays in the field", async ({ page }) => {
  await signUp(page);
  const organization = await foundProvider(page);
  await page.goto(`/provider/${organization}/drafts/apis/import`);
  await page.getByText("Paste", { exact: true }).click();
  const field = page.getByLabel("Definition", { exact: true });
  const text = "openapi: 3.0.3\ninfo:\n  title: Broken\n   version: 1\n";
  await field.fill(text);
  await page.getByRole("button", { name: "Import API" }).click();
  await expect(page.getByRole("alert").first()).toContainText(/Line 3, column 10/);
  await expect(field).toHaveValue(text);
  await expectAccessible(page);
  await takeScreens(page, "import-refused");
});
