import { weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { enterSampleBackend, importByPaste } from "./studio.ts";

test("a product with a plan on approval: request, queue, rejection with a reason, approval, a call (S20, W27)", async ({
  page,
  browser,
  watch,
  installation,
}) => {
  const title = unique("Weather");
  const basePath = `/${title.toLowerCase().replaceAll(" ", "-")}`;
  await signUp(page);
  const organization = await foundProvider(page);
  await importByPaste(page, title, weatherAs(title, basePath));
  await enterSampleBackend(page);

  await test.step("the provider bundles it into a product with two plans and publishes", async () => {
    await page.goto(`/provider/${organization}/drafts/products`);
    await expectAccessible(page);
    await takeScreens(page, "products-empty");
    await page
      .getByRole("link", { name: /product/i })
      .last()
      .click();
    await page.getByLabel("Title").fill(title);
    await page.getByLabel("Version").fill("1.0.0");
    await page.getByRole("button", { name: "Create product" }).click();
    await page.getByRole("checkbox", { name: new RegExp(title) }).check();
    await page.getByRole("button", { name: "Add plan" }).click();
    await page.getByLabel("Plan", { exact: true }).last().fill("Gold");
    await page
      .getByRole("checkbox", { name: /^Requires approval/ })
      .last()
      .check();
    await page
      .getByRole("button", { name: "Save", exact: true })
      .or(page.getByRole("button", { name: "Save product" }))
      .click();
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("menuitem", { name: "Sandbox" }).click();
    await expect(page.getByText(/Live on 1 of 1 gateway/)).toBeVisible();
  });

  const context = await browser.newContext({ baseURL: installation.portalUrl });
  const developer = await context.newPage();
  watch(developer);
  const column = developer.getByRole("complementary", { name: "Subscribe" });
  const request = async (comment: string) => {
    await developer.getByRole("radio", { name: /^Gold/ }).check();
    await column.getByLabel("Note to the reviewer").fill(comment);
    await column.getByRole("button", { name: /^Request Gold for/ }).click();
    await expect(column.getByText(/has asked for Gold/)).toBeVisible();
  };

  await test.step("a developer registers on the spot and asks for Gold", async () => {
    await signUp(developer, { next: "/apis" });
    await developer.goto(`/apis/${organization}/sandbox/${title.toLowerCase().replaceAll(" ", "-")}`);
    await developer.getByRole("radio", { name: /^Gold/ }).check();
    await column.getByLabel("Name of the application").fill("Delay board");
    await column.getByLabel("Note to the reviewer").fill("We show delays from December.");
    await expectAccessible(developer);
    await takeScreens(developer, "subscribe-column");
    await column.getByRole("button", { name: /^Request Gold for/ }).click();
    const dialog = developer.getByRole("dialog", { name: /^Save the secret of/ });
    noteSecret((await dialog.locator("code", { hasText: "pcs_" }).textContent()) ?? "");
    await dialog.getByRole("checkbox", { name: /I have saved/ }).check();
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect(column.getByText(/has asked for Gold/)).toBeVisible();
  });

  await test.step("the provider rejects it, and has to say why", async () => {
    await page.goto(`/provider/${organization}`);
    await expect(page.getByText("1 request waiting for your decision.")).toBeVisible();
    await page.getByRole("link", { name: "Open approvals" }).click();
    const row = page.getByRole("group", { name: "Request of Delay board" });
    await expect(row).toContainText("We show delays from December.");
    await expectAccessible(page);
    await expectFitsTelephone(page);
    await takeScreens(page, "approvals");
    await row.getByRole("button", { name: "Reject…" }).click();
    await row.getByRole("button", { name: "Reject request" }).click();
    await expect(row.getByText("Say why: the developer reads it.").first()).toBeVisible();
    await row.getByLabel("Reason").fill("Gold is for partners until January.");
    await row.getByRole("button", { name: "Reject request" }).click();
    await expect(page.getByText("Nothing waits for you")).toBeVisible();
  });

  await test.step("the developer reads the reason, asks again, and is approved", async () => {
    await developer.goto("/applications");
    await developer.getByRole("link", { name: "Delay board" }).first().click();
    await expect(developer.getByText("Gold is for partners until January.")).toBeVisible();
    await takeScreens(developer, "application-rejected");
    await developer.goto(`/apis/${organization}/sandbox/${title.toLowerCase().replaceAll(" ", "-")}`);
    await request("We are a partner.");
    await page.goto(`/provider/${organization}/approvals`);
    await page.getByRole("button", { name: "Approve" }).click();
    await expect(page.getByText("Nothing waits for you")).toBeVisible();
    await developer.goto("/applications");
    await developer.getByRole("link", { name: "Delay board" }).first().click();
    await expect(developer.getByRole("row", { name: /Gold/ }).getByText("Active").first()).toBeVisible();
  });
  await context.close();
});
