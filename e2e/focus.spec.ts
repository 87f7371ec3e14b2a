import type { Locator, Page } from "@playwright/test";
import { paths } from "#lib/paths.ts";
import { weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { importByPaste } from "./studio.ts";

/** Presses what has the focus by keyboard, as who sees no pointer does. */
async function press(target: Locator): Promise<void> {
  await target.focus();
  await target.press("Enter");
}

/** The focus is inside of a part of the page, and on something that can be seen. */
const expectFocusIn = (part: Locator) =>
  expect
    .poll(() => part.evaluate((node) => document.activeElement !== node && node.contains(document.activeElement)))
    .toBe(true);

const openExplore = (page: Page) =>
  page.goto(
    paths.exploreOperation({ organization: "acme", catalog: "sandbox", api: "weather-provider-api" }, "getCurrent"),
  );

test("the focus stays on Send, and in the part where a button took another's place (F81)", async ({
  asUser,
  developer,
}) => {
  const page = await asUser(developer);
  await openExplore(page);
  const send = page.getByRole("button", { name: "Send", exact: true });
  await press(send);
  const response = page.getByRole("region", { name: "Response" });
  await expect(response.getByText("200", { exact: true }).first()).toBeVisible();
  await expect(send).toBeFocused();

  // Each of these takes its own button away.
  const callAs = page.getByRole("region", { name: "Call as" });
  await press(callAs.getByRole("button", { name: "Use my own ID and secret" }));
  await expect(callAs.getByText("The client ID and the secret that you type.")).toBeVisible();
  await expectFocusIn(callAs);
  await openExplore(page);
  await press(response.getByRole("button", { name: "Call operation" }));
  await expect(response.getByText("200", { exact: true }).first()).toBeVisible();
  await expectFocusIn(page.getByRole("main"));

  // Where the columns are tabs, sending hides the one with the button.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Request", exact: true }).click();
  await press(send);
  await expect(response.getByText("200", { exact: true }).first()).toBeVisible();
  await expectFocusIn(page.getByRole("main"));
});

test("after a secret was shown, and after a thing is gone with its own menu, the focus is beside it (F81)", async ({
  asUser,
  developer,
}) => {
  const page = await asUser(developer);
  await page.goto(paths.applications());
  await page.getByRole("link", { name: "Storefront" }).first().click();
  const name = unique("lands");
  await press(page.getByRole("button", { name: "New credential" }));
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("dialog").getByLabel("Name").press("Enter");
  const shown = page.getByRole("dialog", { name: /^Save the secret of/ });
  noteSecret((await shown.locator("code").last().textContent()) ?? "");
  await shown.getByRole("checkbox").press("Space");
  await press(shown.getByRole("button", { name: "Done" }));
  const actions = page.getByRole("button", { name: `Actions for ${name}` });
  await expect(actions).toBeFocused();
  await press(actions);
  await page.getByRole("menuitem", { name: "Revoke…" }).press("Enter");
  await press(page.getByRole("alertdialog").getByRole("button", { name: `Revoke ${name}` }));
  await expect(page.getByRole("row", { name: new RegExp(name) }).getByText("Revoked")).toBeVisible();
  await expectFocusIn(page.getByRole("region", { name: "Credentials" }));

  const program = unique("program");
  await press(page.getByRole("button", { name: "New service ID" }));
  await page.getByRole("dialog").getByLabel("Name").fill(program);
  await page.getByRole("dialog").getByLabel("Name").press("Enter");
  const card = page.getByRole("article", { name: program });
  await press(card.getByRole("button", { name: "New API key" }));
  await page.getByRole("dialog").getByLabel("Name").fill("first");
  await page.getByRole("dialog").getByLabel("Name").press("Enter");
  const key = page.getByRole("dialog", { name: /^Save the API key/ });
  noteSecret((await key.locator("code").last().textContent()) ?? "");
  await key.getByRole("checkbox").press("Space");
  await press(key.getByRole("button", { name: "Done" }));
  await expect(card.getByRole("button", { name: "Actions for the key first" })).toBeFocused();
  await press(card.getByRole("button", { name: `Actions for ${program}` }));
  await page.getByRole("menuitem", { name: "Delete…" }).press("Enter");
  await press(page.getByRole("alertdialog").getByRole("button", { name: `Delete ${program}` }));
  await expect(card).toBeHidden();
  await expectFocusIn(page.getByRole("region", { name: "Service IDs" }));
});

test("a row that goes with its own button leaves the focus in its list (F81)", async ({ page }) => {
  await signUp(page);
  const organization = await foundProvider(page);
  await page.goto(paths.newProduct(organization));
  await page.getByLabel("Title").fill("Rows");
  await page.getByLabel("Title").press("Enter");
  const plans = page.getByRole("region", { name: "Plans" });
  await press(plans.getByRole("button", { name: "Add plan" }));
  await expect(plans.getByRole("listitem")).toHaveCount(2);
  await press(plans.getByRole("button", { name: /^Remove plan/ }).last());
  await expect(plans.getByRole("listitem")).toHaveCount(1);
  await expectFocusIn(plans);

  const title = unique("Weather");
  await page.goto(paths.provider(organization));
  await importByPaste(page, title, weatherAs(title, "/rows"));
  await page.getByRole("link", { name: "Enter one" }).click();
  const security = page.getByRole("region", { name: "Security", exact: true });
  await press(security.getByRole("button", { name: "Add security option" }));
  await press(security.getByRole("button", { name: "Remove option 2" }));
  await expect(security.getByRole("button", { name: "Remove option 2" })).toHaveCount(0);
  await expectFocusIn(security);
  // What has just been removed was the only one.
  await press(security.getByRole("button", { name: "Remove option 1" }));
  await expect(security.getByRole("group")).toHaveCount(0);
  await expectFocusIn(security);
});

test("the ring shows wherever Tab goes, and where a script moves the focus while keys are at work (F79)", async ({
  asUser,
  developer,
}) => {
  const page = await asUser(developer);
  await page.goto(paths.applications());
  // The rules themselves, for browsers that judge ":focus-visible" otherwise than this one.
  const alone = await page.evaluate(() => {
    const all = (rules: CSSRuleList): CSSRule[] =>
      [...rules].flatMap((rule) => ["cssRules" in rule ? all(rule.cssRules as CSSRuleList) : [], rule].flat());
    return (
      [...document.styleSheets]
        .flatMap((sheet) => all(sheet.cssRules))
        .filter((rule) => rule instanceof CSSStyleRule)
        .map((rule) => rule.selectorText)
        // Those of the library of notices have the base rule beneath them.
        .filter((selector) => !selector.startsWith("[data-sonner-toast]"))
        .filter((selector) => selector.includes(":focus-visible") && !selector.includes("[data-keys]"))
    );
  });
  expect(alone).toEqual([]);

  const ring = () =>
    page.evaluate(() => {
      const rings = (node: Element | null): boolean =>
        node !== null && (getComputedStyle(node).outlineStyle !== "none" || rings(node.closest("label")));
      const { activeElement } = document;
      return activeElement?.matches("body, [role=dialog]") ? "elsewhere" : rings(activeElement);
    });
  await page.getByRole("link", { name: "Storefront" }).first().click();
  await page.getByRole("button", { name: "New credential" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  for (let stop = 0; stop < 8; stop++) {
    await page.keyboard.press("Tab");
    expect(await ring()).toBe(true);
  }
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Actions for default" }).click();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowUp"]) {
    await page.keyboard.press(key);
    expect(await ring()).toBe(true);
  }
});

test("a page that comes back from the browser's memory asks the session again (F82)", async ({ page }) => {
  await signUp(page, { next: paths.account() });
  await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
  // As after a sign-out in another tab: this page has asked nobody since.
  await page.context().clearCookies();
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect(page).toHaveURL(/\/sign-in/);
});
