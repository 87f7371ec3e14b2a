import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, inviteByLink, signUp, unique } from "./people.ts";

test("wrong input on the sign-up form is explained beside each field, and nothing typed is lost", async ({ page }) => {
  await page.goto("/sign-up");
  await page.getByLabel("Your name").fill("Tess");
  await page.getByLabel("E-mail address").fill("not an address");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("E-mail address")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("E-mail address")).toBeFocused();
  await expect(page.getByLabel("E-mail address")).toHaveValue("not an address");
  await expect(page.getByText("Use at least 12 characters").first()).toBeVisible();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "sign-up-errors");
});

test("a wrong password says neither that the account exists nor that it does not", async ({
  page,
  provider,
  allowConsoleError,
}) => {
  allowConsoleError(/401/);
  for (const email of [provider.email, `${unique("nobody").replaceAll(" ", "")}@example.com`]) {
    await page.goto("/sign-in");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill("certainly not it");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert").getByText("The e-mail address or the password is not right.")).toBeVisible();
    await expect(page.getByLabel("E-mail address")).toHaveValue(email);
  }
  await expectAccessible(page);
  await takeScreens(page, "sign-in-error");
});

test("changing the password signs every other browser out, and signing out ends the session for good", async ({
  page,
  asUser,
  browser,
  installation,
}) => {
  const account = await signUp(page);
  noteSecret(account.password);
  const elsewhere = await asUser(account);
  await elsewhere.goto("/account");
  await expect(elsewhere.getByRole("heading", { name: "Account" })).toBeVisible();

  await page.goto("/account");
  await page.getByLabel("Current password").fill("not my password");
  const password = noteSecret(unique("another long password"));
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("Current password")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Current password").fill(account.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("1 other session ended.")).toBeVisible();
  await expectAccessible(page);
  await takeScreens(page, "account");
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL(/\/sign-in/);

  // Whoever kept the cookie holds nothing after signing out.
  const kept = await page.context().cookies();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/apis$/);
  const thief = await browser.newContext({ baseURL: installation.portalUrl });
  await thief.addCookies(kept);
  const stolen = await thief.newPage();
  await stolen.goto("/account");
  await expect(stolen).toHaveURL(/\/sign-in/);
  await thief.close();
});

test("a link to sign-in never leads off the portal", async ({ page, developer }) => {
  await page.goto("/sign-in?next=//evil.example/x");
  await page.getByLabel("E-mail address").fill(developer.email);
  await page.getByLabel("Password").fill(developer.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/apis$/);
});

test("an owner invites an editor by link; roles decide what is seen and done", async ({
  page,
  browser,
  watch,
  installation,
  allowConsoleError,
}) => {
  allowConsoleError(/404/);
  await signUp(page);
  const organization = await foundProvider(page);
  await expect(page.getByText("No API yet")).toBeVisible();
  await expectAccessible(page);
  await takeScreens(page, "dashboard-empty");
  const guest = `${unique("guest").replaceAll(" ", "")}@example.com`;
  const link = await inviteByLink(page, organization, guest);
  await expectAccessible(page);
  await takeScreens(page, "members");

  const context = await browser.newContext({ baseURL: installation.portalUrl });
  const invited = await context.newPage();
  watch(invited);
  await invited.goto(link);
  await expectAccessible(invited);
  await invited.getByRole("main").getByRole("link", { name: "Create account" }).click();
  await expect(invited.getByLabel("E-mail address")).toHaveValue(guest);
  await invited.getByLabel("Your name").fill("Guest");
  await invited.getByLabel("Password").fill("a password of twelve");
  await invited.keyboard.press("Enter");
  await invited.getByRole("button", { name: /^Join / }).click();
  await invited.waitForURL(/\/provider\//);

  // A developer of a provider organization sees its members, and none of its drafts or test values.
  await invited.goto(`/provider/${organization}/members`);
  await expect(invited.getByText(guest)).toBeVisible();
  await expect(invited.getByRole("heading", { name: "Invite a person" })).toHaveCount(0);
  const refused = await invited.goto(`/provider/${organization}/catalogs/sandbox/settings/endpoints`);
  expect(refused?.status()).toBe(404);
  await context.close();

  await page.reload();
  await expect(page.getByText(guest)).toBeVisible();
  await page.goto(`/provider/${organization}/audit`);
  await expect(page.getByText("member.joined")).toBeVisible();
  await expectAccessible(page);
  await takeScreens(page, "audit");
});
