import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, takeScreens } from "./helpers.ts";
import { noteSecret, watchForSecrets } from "./issued-secrets.ts";
import { unique } from "./people.ts";

/** Reads ID and secret from the dialog that shows them once, and closes it. */
async function takeSecret(page: Page): Promise<{ clientId: string; clientSecret: string }> {
  const dialog = page.getByRole("dialog", { name: /^Save the secret of/ });
  await expect(dialog).toBeVisible();
  const [clientId = "", clientSecret = ""] = await dialog.locator("code").allInnerTexts();
  await dialog.getByRole("checkbox", { name: /I have saved/ }).check();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
  return { clientId, clientSecret: noteSecret(clientSecret) };
}

test("several credentials: create, reset the secret under the same ID, revoke; each effective at the gateway within a second", async ({
  asUser,
  developer,
  installation,
}) => {
  const page = await asUser(developer);
  const seen = await watchForSecrets(page);
  const call = async (clientId: string, clientSecret: string) => {
    const answer = await fetch(`${installation.gatewayUrl}/acme/sandbox/weather/current?zipcode=90210`, {
      headers: { "X-IBM-Client-Id": clientId, "X-IBM-Client-Secret": clientSecret },
    });
    const body = await answer.json();
    return answer.ok ? answer.status : body.detail;
  };

  await page.goto("/applications");
  await expectAccessible(page);
  await takeScreens(page, "applications");
  await page.getByRole("link", { name: "Storefront" }).first().click();
  const name = unique("nightly");
  await page.getByRole("button", { name: "New credential" }).click();
  const dialog = page.getByRole("dialog", { name: "New credential" });
  await dialog.getByRole("button", { name: "Create credential" }).click();
  await expect(dialog.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Description").fill("The report of the night");
  await dialog.getByText("Sandbox", { exact: true }).click();
  await expectAccessible(page);
  await takeScreens(page, "new-credential");
  await dialog.getByRole("button", { name: "Create credential" }).click();
  const first = await takeSecret(page);
  expect(await call(first.clientId, first.clientSecret)).toBe(200);

  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Reset secret…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Reset secret" }).click();
  const second = await takeSecret(page);
  expect(second.clientId).toBe(first.clientId);
  expect(await call(first.clientId, first.clientSecret)).toBe("Invalid client ID or secret");
  expect(await call(second.clientId, second.clientSecret)).toBe(200);

  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Revoke…" }).click();
  await expectAccessible(page);
  await takeScreens(page, "revoke-dialog");
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: `Revoke ${name}` })
    .click();
  await expect(page.getByRole("row", { name: new RegExp(name) }).getByText("Revoked")).toBeVisible();
  // The page says "revoked" after the gateways confirmed it: no time is left to pass.
  expect(await call(second.clientId, second.clientSecret)).toBe("Invalid client ID or secret");

  for (const secret of [first.clientSecret, second.clientSecret]) {
    expect(seen(secret)).toBe(1);
    expect(await page.content()).not.toContain(secret);
  }
});
