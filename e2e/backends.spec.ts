import type { Locator, Page } from "@playwright/test";
import { issue } from "#lib/test-kit/certificates.ts";
import { weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { importByPaste, saveDesign } from "./studio.ts";

const authority = issue({ authority: true, commonName: "Acme internal" });
const client = issue({ issuer: authority, commonName: "portico-gateway", untilDays: 23.5 });
const renewed = issue({ issuer: authority, commonName: "portico-gateway-2027", untilDays: 300.5 });

/** From the middle of a key, as a file would hold it. */
const lineOf = ({ key }: { key: string }): string => key.split("\n")[3] ?? "";

/** Saves by keyboard; the form stays changed, with an error. */
async function saveWrong(page: Page, message: RegExp): Promise<void> {
  await page.keyboard.press("ControlOrMeta+s");
  await expect(page.getByText(message).first()).toBeVisible();
}

/** Part of the form for the Sandbox, the first of the list. */
const sandbox = (page: Page): Locator => page.getByRole("region", { name: "Backend" }).getByRole("listitem").first();

test("a provider sets every way to sign in at a backend, and sees no secret again (G15)", async ({ page }) => {
  await signUp(page);
  await foundProvider(page);
  const title = unique("Guarded");
  await importByPaste(page, title, weatherAs(title, `/${title.toLowerCase().replaceAll(" ", "-")}`));
  await page.getByRole("link", { name: "Enter one" }).click();
  const backend = sandbox(page);
  await page.getByLabel("Sandbox backend address").fill("https://127.0.0.1:4443/v1");

  await test.step("a key in a header, chosen by keyboard", async () => {
    await backend.getByRole("radio", { name: "None" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await expect(backend.getByRole("radio", { name: "Header key" })).toBeChecked();
    await saveWrong(page, /Enter the name of the header/);
    await expect(backend.getByLabel("Header name")).toBeFocused();
    await backend.getByLabel("Header name").fill("Host");
    await saveWrong(page, /The gateway needs this header for itself/);
    await backend.getByLabel("Header name").fill("X-Backend-Key");
    await backend.getByLabel("Key", { exact: true }).fill(noteSecret(unique("key-of-the-backend")));
    await saveDesign(page);
    await page.reload();
    await expect(backend.getByLabel("Header name")).toHaveValue("X-Backend-Key");
    await expect(backend.getByLabel("Key", { exact: true })).toHaveValue("");
    await expect(backend.getByText("Stored sealed. Leave it empty to keep it.")).toBeVisible();
  });

  await test.step("an access token", async () => {
    await backend.getByText("OAuth", { exact: true }).click();
    await backend.getByLabel("Token address").fill("http://10.0.0.1/token");
    await saveWrong(page, /network that backends may not be in/);
    await backend.getByLabel("Token address").fill("http://127.0.0.1:4444/token");
    await expect(backend.getByText("The client secret travels in clear.")).toBeVisible();
    await backend.getByLabel("Token address").fill("https://127.0.0.1:4444/token");
    await backend.getByRole("textbox", { name: "Client ID" }).fill("portico");
    await backend.getByLabel("Client secret", { exact: true }).fill(noteSecret(unique("secret-of-the-backend")));
    await backend.getByLabel("Scope").fill("weather.read");
    await saveDesign(page);
  });

  await test.step("a client certificate with a private authority", async () => {
    await backend.locator("summary").focus();
    await page.keyboard.press("Enter");
    await backend.getByRole("textbox", { name: "Client certificate", exact: true }).fill(client.certificate);
    await backend.getByLabel("Key of the client certificate").fill(renewed.key);
    await saveWrong(page, /The key does not belong to the certificate of portico-gateway/);
    await expectAccessible(page);
    for (const issued of [client, renewed]) noteSecret(lineOf(issued));
    await backend.getByLabel("Key of the client certificate").fill(client.key);
    await backend.getByLabel("Private authority").fill(authority.certificate);
    await backend.getByLabel("Connect within").fill("0");
    await saveWrong(page, /Enter 0.1 to 60 seconds/);
    await backend.getByLabel("Connect within").fill("2.5");
    await saveDesign(page);
    await expect(backend.getByText("23 days left").first()).toBeVisible();
  });

  await test.step("what is set is shown, replaced and removed", async () => {
    await page.reload();
    await backend.getByText("Certificates and time limits").click();
    await expect(backend.getByText(/^portico-gateway, issued by Acme internal/)).toBeVisible();
    await expect(backend.getByLabel("Connect within")).toHaveValue("2.5");
    expect((await page.content()).includes(lineOf(client))).toBe(false);
    await expectAccessible(page);
    await expectFitsTelephone(page);
    await takeScreens(page, "backend");
    await page.setViewportSize({ width: 320, height: 640 });
    const overflow = await backend.evaluate((part) => part.scrollWidth - part.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await backend.screenshot({ path: "test-results/screens/backend-320-light.png" });
    await page.setViewportSize({ width: 1280, height: 800 });
    await backend.getByRole("button", { name: "Replace the client certificate" }).click();
    await backend.getByRole("textbox", { name: "Client certificate", exact: true }).fill(renewed.certificate);
    await backend.getByLabel("Key of the client certificate").fill(renewed.key);
    await backend.getByRole("button", { name: "Remove the private authority" }).click();
    await expect(backend.getByText("Removed when you save.")).toBeVisible();
    await saveDesign(page);
    await page.reload();
    await backend.getByText("Certificates and time limits").click();
    await expect(backend.getByText(/^portico-gateway-2027, issued by Acme internal/)).toBeVisible();
    await expect(backend.getByLabel("Private authority")).toHaveValue("");
  });
});
