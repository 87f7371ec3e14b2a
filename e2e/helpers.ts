import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";
import { paths } from "#lib/paths.ts";
import type { FirstRunAccount } from "#scripts/first-run.ts";

const WIDTHS = { 1280: 800, 390: 844 } as const;
const THEMES = ["light", "dark"] as const;

/** Signs a person in through the page, and waits until the portal knows them. */
export async function signIn(page: Page, account: Pick<FirstRunAccount, "email" | "password">): Promise<void> {
  await page.goto(paths.signIn());
  await page.getByLabel("E-mail address").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== paths.signIn());
}

/** Shows the page in each theme of the system in turn, and leaves it in the light one. */
async function inEachTheme(page: Page, work: (theme: (typeof THEMES)[number]) => Promise<void>): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await work(theme);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
}

/** The page as it stands breaks no rule of axe (WCAG 2.2 A and AA), light and dark. */
export async function expectAccessible(page: Page): Promise<void> {
  await inEachTheme(page, async (theme) => {
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
      .analyze();
    const found = violations.map(({ id, help, nodes }) => `${theme}: ${id}: ${help}: ${nodes[0]?.html}`);
    expect(found).toEqual([]);
  });
}

/** Pictures of the page, or of the window alone: test-results/screens/<name>-<width>-<theme>.png, wide and narrow, light and dark. */
export async function takeScreens(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  const before = page.viewportSize();
  for (const [width, height] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width: Number(width), height });
    await inEachTheme(page, async (theme) => {
      const path = join("test-results/screens", `${name}-${width}-${theme}.png`);
      await page.screenshot({ path, fullPage, animations: "disabled", caret: "hide" });
    });
  }
  if (before) await page.setViewportSize(before);
}

/** The page does not scroll sideways at the width of a telephone. */
export async function expectFitsTelephone(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 390, height: WIDTHS[390] });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (before) await page.setViewportSize(before);
  expect(overflow).toBeLessThanOrEqual(0);
}

/** The dialog that is open has a name and the focus, breaks no rule of axe, and fits a telephone. */
export async function expectGoodDialog(page: Page): Promise<Locator> {
  const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
  await expect(dialog).toHaveAccessibleName(/./);
  expect(await dialog.evaluate((node) => node.contains(document.activeElement))).toBe(true);
  await expectAccessible(page);
  await expectFitsTelephone(page);
  return dialog;
}
