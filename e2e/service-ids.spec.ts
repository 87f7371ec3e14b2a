import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { noteSecret, watchForSecrets } from "./issued-secrets.ts";
import { unique } from "./people.ts";

const GRANT = "urn:ibm:params:oauth:grant-type:apikey";

test("a service ID: a key shown once, a token for it from portal and gateway, only its APIs, and an end with the key (S110-S133)", async ({
  asUser,
  developer,
  installation,
}) => {
  const { portalUrl, gatewayUrl } = installation;
  const page = await asUser(developer);
  const seen = await watchForSecrets(page);
  const tokenFrom = async (base: string, apikey: string) => {
    const answer = await fetch(`${base}/oidc/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: GRANT, apikey }),
    });
    return { status: answer.status, cache: answer.headers.get("cache-control"), ...(await answer.json()) };
  };
  const call = async (bearer: string) => {
    const target = `${gatewayUrl}/acme/sandbox/weather/current?zipcode=90210`;
    return (await fetch(target, { headers: { Authorization: `Bearer ${bearer}` } })).status;
  };

  await page.goto("/applications");
  await page.getByRole("link", { name: "Storefront" }).first().click();
  const name = unique("nightly-report");
  await page.getByRole("button", { name: "New service ID" }).click();
  const dialog = page.getByRole("dialog", { name: "New service ID" });
  await dialog.getByRole("button", { name: "Create service ID" }).click();
  await expect(dialog.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Description").fill("Runs at night");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Create service ID" }).click();
  const card = page.getByRole("article", { name });
  await expect(card.getByText("May call nothing")).toBeVisible();

  await card.getByRole("button", { name: "New API key" }).click();
  const keyDialog = page.getByRole("dialog", { name: "New API key" });
  await keyDialog.getByLabel("Name").fill("first");
  await expectAccessible(page);
  await keyDialog.getByRole("button", { name: "Create API key" }).click();
  const shown = page.getByRole("dialog", { name: "Save the API key first now" });
  await expect(shown).toBeVisible();
  const apiKey = noteSecret((await shown.locator("code").textContent()) ?? "");
  await expectAccessible(page);
  await takeScreens(page, "api-key-shown");
  await shown.getByRole("checkbox", { name: /I have saved/ }).check();
  await shown.getByRole("button", { name: "Done" }).click();
  expect(await call(apiKey)).toBe(403);

  await card.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Edit name and APIs…" }).click();
  const edit = page.getByRole("dialog", { name: `Edit ${name}` });
  await edit.getByRole("checkbox", { name: /Weather/ }).check();
  await edit.getByRole("button", { name: "Save service ID" }).click();
  await expect(card.getByText(/^Weather/)).toBeVisible();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "service-ids");

  const tokens: string[] = [];
  for (const base of [portalUrl, gatewayUrl]) {
    const answer = await tokenFrom(base, apiKey);
    expect(answer).toMatchObject({ status: 200, token_type: "Bearer", expires_in: 900, cache: "no-store" });
    tokens.push(noteSecret(answer.access_token));
  }
  expect(await Promise.all([apiKey, ...tokens].map(call))).toEqual([200, 200, 200]);
  const sets = await Promise.all(
    [portalUrl, gatewayUrl].map(async (base) => (await fetch(`${base}/.well-known/jwks.json`)).json()),
  );
  expect(sets[0]).toEqual(sets[1]);

  await card.getByRole("button", { name: "Actions for the key first" }).click();
  await page.getByRole("menuitem", { name: "Revoke…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke first" }).click();
  await expect(card.getByRole("row", { name: /first/ }).getByText("Revoked")).toBeVisible();
  // The page says "revoked" after the gateways confirmed it: no time is left to pass.
  expect(await Promise.all([apiKey, ...tokens].map(call))).toEqual([401, 401, 401]);
  expect(await tokenFrom(portalUrl, apiKey)).toMatchObject({ status: 400, error: "invalid_grant" });
  expect(seen(apiKey)).toBe(1);
  expect(await page.content()).not.toContain(apiKey);

  await card.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: `Delete ${name}` })
    .click();
  await expect(card).toBeHidden();
});
