import { expect, type Page } from "@playwright/test";
import { sampleBackend } from "./definitions.ts";
import { noteSecret } from "./issued-secrets.ts";

/** Imports a definition by pasting it, from the provider's dashboard; ends on the report. */
export async function importByPaste(page: Page, title: string, source: string): Promise<void> {
  await page.getByRole("link", { name: "Import an API" }).click();
  await page.getByText("Paste", { exact: true }).click();
  await page.getByLabel("Definition", { exact: true }).fill(source);
  await page.getByRole("button", { name: "Import API" }).click();
  await expect(page.getByRole("heading", { name: `${title} is imported` })).toBeVisible();
}

/** Enters the sample backend with its functional ID for the Sandbox, from the report of an import; ends on the design, saved. */
export async function enterSampleBackend(page: Page): Promise<void> {
  const { address, username, password } = sampleBackend();
  await page.getByRole("link", { name: "Enter one" }).click();
  await page.getByLabel("Sandbox backend address").fill(address);
  const backend = page.getByRole("region", { name: "Backend" });
  await backend.getByText("Basic", { exact: true }).first().click();
  await backend.getByRole("textbox", { name: "Functional ID" }).fill(username);
  await backend.getByLabel("Password").fill(noteSecret(password));
  await saveDesign(page);
}

/** Saves by keyboard and waits until the design says that it is saved: leaving before would ask first. */
export async function saveDesign(page: Page): Promise<void> {
  await expect(page.getByText("Not saved yet", { exact: true })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+s");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
}
