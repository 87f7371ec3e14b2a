import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, takeScreens } from "./helpers.ts";
import { noteSecret } from "./issued-secrets.ts";

test("Explore for a chosen catalog, by keyboard: 200 with the limits left, 401 with the fix, and 200 again (S57-S63)", async ({
  asUser,
  developer,
  allowConsoleError,
}) => {
  allowConsoleError(/40\d/);
  const page = await asUser(developer);
  await page.goto("/explore/acme/sandbox");
  for (const name of [/Weather Provider API/, /Current weather/]) {
    await page.getByRole("main").getByRole("link", { name }).first().focus();
    await page.keyboard.press("Enter");
  }
  const clientId = page.getByRole("textbox", { name: /X-IBM-Client-Id/ });
  await expect(clientId).toBeVisible();
  await expect(page.getByRole("textbox", { name: /zipcode/ })).toHaveValue("90210");

  // One press from the page to a real answer: nothing has to be typed.
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("Beverly Hills").first()).toBeVisible();
  await expect(page.getByText(/of 100 calls left/)).toBeVisible();

  await clientId.focus();
  await page.keyboard.type("0123456789abcdef0123456789abcdef");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByRole("heading", { name: "Client ID not registered" })).toBeVisible();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "explore-401");

  const fix = page.getByRole("button", { name: /^(Use|Call as) Storefront/ });
  await fix.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("Beverly Hills").first()).toBeVisible();
});

test("own ID and secret: a wrong secret is told from an unknown ID, and nothing of it is kept", async ({
  asUser,
  developer,
  installation,
  allowConsoleError,
}) => {
  allowConsoleError(/401/);
  const page = await asUser(developer);
  await page.goto("/explore/acme/sandbox/weather-provider-api/getCurrent");
  await page.getByRole("button", { name: "Use my own ID and secret" }).click();
  await page.getByRole("textbox", { name: /X-IBM-Client-Id/ }).fill(installation.firstRun.call?.clientId ?? "");
  const secret = page.getByLabel(/X-IBM-Client-Secret/);
  await secret.fill("pcs_test_notthesecretofanybody");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByRole("heading", { name: "Invalid client ID or secret" })).toBeVisible();
  await secret.fill(installation.firstRun.call?.clientSecret ?? "");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("Beverly Hills").first()).toBeVisible();
  await page.reload();
  expect(await page.content()).not.toContain(installation.firstRun.call?.clientSecret);
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toContain("pcs_");
});

test("Get token: the application's own, its end counted down, 200 with it, and words when it is none (W5)", async ({
  asUser,
  developer,
  installation,
  allowConsoleError,
}) => {
  allowConsoleError(/401/);
  const page = await asUser(developer);
  await page.goto("/explore/acme/sandbox/weather-provider-api/getCurrent");
  await page.getByRole("button", { name: "Use an access token" }).click();
  const field = page.getByLabel(/^Authorization/);
  await page.getByRole("button", { name: /^Send/ }).click();
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription("Nothing was sent: get a token first, or paste one.");

  await page.getByRole("button", { name: "Get token" }).click();
  await expect(field).toHaveAccessibleDescription(/^Expires in \d+ (min \d+ )?s\. Kept in this page only\.$/);
  const token = noteSecret(await field.inputValue());
  expect(token.split(".")).toHaveLength(3);
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "explore-token");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("Beverly Hills").first()).toBeVisible();
  await page.getByRole("tab", { name: "curl" }).click();
  await expect(page.getByText('"Authorization: Bearer $ACCESS_TOKEN"')).toBeVisible();
  await page.getByRole("tab", { name: "Body" }).click();

  await field.fill("not.a.token");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByRole("heading", { name: "The access token is invalid or has expired" })).toBeVisible();
  await expectAccessible(page);
  await takeScreens(page, "explore-token-401");
  const response = page.getByRole("region", { name: "Response", exact: true });
  await response.getByRole("button", { name: "Get a new token" }).click();
  await expect(page.getByRole("radio", { name: "Application" })).toBeFocused();
  await page.getByText("API key", { exact: true }).click();
  await page.getByRole("textbox", { name: "API key" }).fill("psk_test_nothing");
  await page.getByRole("button", { name: "Get token" }).click();
  await expect(page.getByText(/^The gateway does not take this API key/)).toBeVisible();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "explore-token-refused");

  expect(page.url()).not.toContain(token);
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toContain("ey");
  await page.reload();
  expect(await page.content()).not.toContain(token);
  const answer = await page.request.get(`${installation.gatewayUrl}/acme/sandbox/weather/current?zipcode=90210`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(answer.status()).toBe(200);
});

test("the exact cause of a refusal is on record for the application's owner", async ({
  asUser,
  developer,
  installation,
  allowConsoleError,
}) => {
  allowConsoleError(/401/);
  const page = await asUser(developer);
  await page.goto("/explore/acme/sandbox/weather-provider-api/getCurrent");
  await page.getByRole("button", { name: "Use my own ID and secret" }).click();
  await page.getByRole("textbox", { name: /X-IBM-Client-Id/ }).fill(installation.firstRun.call?.clientId ?? "");
  await page.getByLabel(/X-IBM-Client-Secret/).fill("pcs_test_notthesecretofanybody");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByRole("heading", { name: "Invalid client ID or secret" })).toBeVisible();
  await expect(page.getByText(/^On record: What came as the secret was never one of Portico’s/)).toBeVisible();
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "explore-cause");
});

test("an empty required field is pointed at and nothing is sent, unless it is meant", async ({ asUser, developer }) => {
  const page = await asUser(developer);
  const calls: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/explore/call")) calls.push(request.postData() ?? "");
  });
  await page.goto("/explore/acme/sandbox/weather-provider-api/getCurrent");
  const zip = page.getByRole("textbox", { name: /zipcode/ });
  await zip.fill("");
  await page.getByRole("button", { name: /^Send/ }).click();
  await expect(zip).toBeFocused();
  await expect(zip).toHaveAccessibleDescription(/^Required, so nothing was sent/);
  await expectAccessible(page);
  await expectFitsTelephone(page);
  await takeScreens(page, "explore-required");
  expect(calls).toEqual([]);
  await page.getByRole("button", { name: "Send anyway" }).click();
  await expect(page.getByRole("region", { name: "Response", exact: true })).toContainText("400");
  expect(calls).toHaveLength(1);
});

test("a stranger reads everything, and is led to sign-in where a key is needed", async ({ page }) => {
  await page.goto("/explore/acme/sandbox/weather-provider-api/getCurrent");
  await expect(page.getByRole("link", { name: /Sign in/ }).first()).toBeVisible();
  await expectAccessible(page);
  await takeScreens(page, "explore-stranger");
});
