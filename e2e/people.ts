import type { Browser, Page } from "@playwright/test";
import { paths } from "#lib/paths.ts";
import { noteSecret } from "./issued-secrets.ts";

let count = 0;

/** A name that no other test of the run uses; `what` says what it is for. */
export function unique(what: string): string {
  count += 1;
  return `${what} ${process.pid}${Date.now() % 100_000}${count}`;
}

export interface Account {
  name: string;
  email: string;
  password: string;
}

/** Signs a new person up through the page; they end where `next` says. */
export async function signUp(page: Page, options: { next?: string; email?: string } = {}): Promise<Account> {
  const name = unique("Tess");
  const account = {
    name,
    email: options.email ?? `${name.replaceAll(" ", ".").toLowerCase()}@example.com`,
    password: noteSecret(unique("a long password")),
  };
  await page.goto(paths.signUp(options.next ?? paths.account()));
  await page.getByLabel("Your name").fill(account.name);
  const email = page.getByLabel("E-mail address");
  if (await email.isEditable()) await email.fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-up"));
  return account;
}

/** Founds a provider organization through the page; returns the slug of its address. */
export async function foundProvider(page: Page, name = unique("Provider")): Promise<string> {
  await page.goto(paths.newOrganization());
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.waitForURL(/\/provider\//);
  return new URL(page.url()).pathname.split("/")[2] ?? "";
}

/** Invites a person through the page; returns the link. */
export async function inviteByLink(page: Page, organization: string, email: string): Promise<string> {
  await page.goto(paths.members(organization));
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Create invitation" }).click();
  const shown = page.locator("code", { hasText: "/invitations/" });
  // allInnerTexts does not wait: without this an invitation that is still being made reads as none.
  await shown.waitFor();
  const [link = ""] = await shown.allInnerTexts();
  noteSecret(new URL(link).pathname.split("/").at(-1) ?? "");
  return link;
}

/** A person with an account of their own joins an organization by its link; returns their name. */
export async function joinByLink(browser: Browser, link: string): Promise<string> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("main").getByRole("link", { name: "Create account" }).click();
  const name = unique("Guest");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Password").fill(noteSecret(unique("a long password")));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Join / }).click();
  await page.waitForURL(/\/provider\//);
  await context.close();
  return name;
}
