import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { signUp } from "./people.ts";

// The portal as programs and strangers meet it, by their own requests.

const json = { "Content-Type": "application/json" };
/** Where something is posted to, and whether it is Next's action. */
const doors: [string, Record<string, string>][] = [
  ["/sign-up", { "Next-Action": "00".repeat(21) }],
  ["/applications", { "Next-Action": "00".repeat(21) }],
  ["/sign-in/form", { "Content-Type": "application/x-www-form-urlencoded" }],
  ["/api/auth/callback/credentials", { "Content-Type": "application/x-www-form-urlencoded" }],
  ["/api/auth/signout", { "Content-Type": "application/x-www-form-urlencoded" }],
  ["/api/explore/call", json],
  ["/api/explore/token", json],
  ["/provider/acme/drafts/apis/import/run", json],
  ["/provider/acme/drafts/apis/01a2253e-dd46-71e7-acc2-0b9aaf2fe9fb/preview", json],
  ["/provider/acme/drafts/apis/01a2253e-dd46-71e7-acc2-0b9aaf2fe9fb/save", json],
];

test("only the portal's exact origin may change anything, wherever it is posted to (T25, F69)", async ({
  installation,
}) => {
  const own = new URL(installation.portalUrl);
  const foreign = [
    ...[undefined, "null", "https://evil.example", `https://${own.host}`, `http://${own.hostname}`],
    ...[`${own.origin}.evil.example`, `${own.origin}/`],
  ];
  for (const [path, headers] of doors) {
    for (const origin of foreign) {
      const answer = await fetch(own.origin + path, {
        method: "POST",
        headers: { ...headers, ...(origin !== undefined && { Origin: origin }) },
        body: "{}",
      });
      expect(answer.status, `${path} from ${origin}`).toBe(403);
      expect(await answer.text()).toContain("did not come from the portal's own address");
    }
  }
});

test("scripts of a page run by its nonce or a hash, and nothing else opens it (F69)", async ({ installation }) => {
  const nonces = new Set<string>();
  for (const path of ["/apis", "/sign-in", "/sign-up", "/no-such-page", "/apis"]) {
    const answer = await fetch(installation.portalUrl + path);
    const policy = answer.headers.get("content-security-policy") ?? "";
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
    expect(scripts).not.toContain("unsafe");
    const nonce = /'nonce-([^']+)'/.exec(scripts)?.[1] ?? "";
    nonces.add(nonce);
    expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    const inline = [...(await answer.text()).matchAll(/<script(?![^>]*\bsrc=)([^>]*)>/g)].map(
      (match) => match[1] ?? "",
    );
    expect(inline.length).toBeGreaterThan(1);
    // The one without is that of the theme, which the policy names by its hash.
    expect(inline.filter((attributes) => !attributes.includes(`nonce="${nonce}"`))).toEqual([""]);
  }
  expect(nonces.size).toBe(5);
});

test("next-auth's own pages are closed, and a form that needs scripts says so (F69)", async ({ installation }) => {
  const { portalUrl } = installation;
  for (const page of ["signin", "signout", "error", "verify-request", "callback/credentials", "_log", "x"]) {
    expect((await fetch(`${portalUrl}/api/auth/${page}`, { redirect: "manual" })).status, page).toBe(404);
  }
  const headers = { Origin: portalUrl, "Content-Type": "application/x-www-form-urlencoded" };
  const post = (path: string, more = {}) =>
    fetch(portalUrl + path, { method: "POST", headers: { ...headers, ...more }, body: "a=b", redirect: "manual" });
  expect((await post("/api/auth/signin")).status).toBe(404);
  expect((await post("/api/auth/_log")).status).toBe(404);
  expect((await post("/api/auth/callback/credentials")).status).toBe(403);
  const form = await post("/account");
  expect([form.status, await form.text()]).toEqual([405, expect.stringContaining("needs JavaScript")]);
  expect((await post("/sign-up", { "Next-Action": "00".repeat(21) })).status).toBe(404);
});

test("a stranger's 21 MB are taken in nowhere (F64)", async ({ installation }) => {
  const { portalUrl } = installation;
  const body = Buffer.alloc(21_000_000, "a");
  for (const [path, headers] of doors) {
    const answer = await fetch(portalUrl + path, { method: "POST", headers: { Origin: portalUrl, ...headers }, body });
    expect([400, 401, 403, 413, 422], `${path}: ${answer.status}`).toContain(answer.status);
  }
});

test("sign-in works by a plain form, without scripts, and says what was wrong (F86)", async ({
  browser,
  developer,
  installation,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: installation.portalUrl });
  const page = await context.newPage();
  await page.goto("/sign-in?next=/applications");
  await page.getByLabel("E-mail address").fill(developer.email);
  await page.getByLabel("Password").fill("certainly not it");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("The e-mail address or the password is not right.");
  await page.getByLabel("E-mail address").fill(developer.email);
  await page.getByLabel("Password").fill(developer.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/applications$/);
  await expect(page.getByRole("heading", { name: "Applications" })).toBeVisible();
  await page.goto("/sign-in?next=//evil.example");
  await expect(page).toHaveURL(/\/apis$/);
  await context.clearCookies();
  await page.goto("/sign-up");
  // Shown, but text of <noscript> is none to Playwright.
  const note = page.locator("form noscript");
  await expect(note).toBeVisible();
  expect(await note.textContent()).toContain("Creating an account needs JavaScript.");
  await context.close();
});

test("an ended session's cookie is taken away, not made anew (F65)", async ({ page, browser, installation }) => {
  await signUp(page);
  const kept = await page.context().cookies();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/apis$/);
  const thief = await browser.newContext({ baseURL: installation.portalUrl });
  await thief.addCookies(kept);
  const answer = await thief.request.get("/api/auth/session");
  expect(await answer.json()).toEqual({});
  expect((await thief.cookies()).filter(({ name }) => name.includes("session-token"))).toEqual([]);
  await thief.close();
});

test("a person ends another session from the account page (F65)", async ({ page, asUser }) => {
  const account = await signUp(page);
  const elsewhere = await asUser(account);
  await page.goto("/account");
  const others = page.getByRole("button", { name: /^End session \d+ of \d+, Chrome on Linux/ });
  await expect(others).toHaveCount(1);
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "sessions");
  await others.click();
  await expect(page.getByText("The session of Chrome on Linux has ended.")).toBeVisible();
  await expect(others).toHaveCount(0);
  await elsewhere.goto("/account");
  await expect(elsewhere).toHaveURL(/\/sign-in/);
});

test("what is refused is read by the administrators (F68)", async ({ page: theirs, asUser, administrator }) => {
  // A person of their own: what is kept of one address may be used up by the journeys before.
  const person = await signUp(theirs);
  const answer = await theirs.request.post("/api/explore/token", {
    headers: { ...json, Origin: "https://evil.example" },
    data: "{}",
  });
  expect(answer.status()).toBe(403);
  const page = await asUser(administrator);
  await page.goto("/installation/audit");
  const rows = page.getByRole("row").filter({ hasText: person.name });
  await expect(rows.filter({ hasText: "request.refused" })).toHaveCount(1);
  await expect(rows.filter({ hasText: "session.opened" })).toHaveCount(1);
});

test("a common password is refused with advice beside the field (F70)", async ({ page }) => {
  await page.goto("/sign-up");
  await page.getByLabel("Your name").fill("Tess");
  await page.getByLabel("E-mail address").fill("weak@example.com");
  await page.getByLabel("Password").fill("password1234");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText(/close to one of the most used passwords/).first()).toBeVisible();
  await expect(page.getByLabel("Password")).toBeFocused();
  await expect(page.getByLabel("E-mail address")).toHaveValue("weak@example.com");
  await takeScreens(page, "sign-up-weak");
});
