import type { Page } from "@playwright/test";
import { paths } from "#lib/paths.ts";
import { weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { importByPaste } from "./studio.ts";

const weather = (catalog: string) => ({ organization: "acme", catalog, api: "weather-provider-api" });

/** What a name can be told by beside itself: the part of the page that it stands in. Rows and items have no such name. */
const PARTS = /^(group|region|form|article|dialog|alertdialog|navigation|list|table|radiogroup|search|complementary) "/;
const CONTROLS = /^(button|link|textbox|searchbox|combobox|checkbox|radio|menuitem|tab) /;

/**
 * Controls of the accessibility tree that nobody can tell apart by ear: of one role and name in parts of one name. Links
 * to one page are one link.
 */
async function alike(page: Page): Promise<string[]> {
  const lines = (await page.locator("body").ariaSnapshot()).split("\n");
  const parts: { indent: number; name: string }[] = [];
  const seen = new Map<string, string | undefined>();
  return lines.flatMap((line, index) => {
    const indent = line.search(/\S/);
    const text = line.trim().replace(/^- '?/, "");
    while ((parts.at(-1)?.indent ?? -1) >= indent) parts.pop();
    const [name = ""] = text.match(/^\w+ "(?:[^"\\]|\\.)*"/) ?? [];
    if (PARTS.test(text)) parts.push({ indent, name });
    if (!CONTROLS.test(text) || name === "") return [];
    const address = lines[index + 1]?.trim().startsWith("- /url:")
      ? (lines[index + 1] ?? "").trim().split("?")[0]
      : `line ${index}`;
    const key = [...parts.map((part) => part.name), name].join(" > ");
    const isOther = seen.has(key) && seen.get(key) !== address;
    seen.set(key, address);
    return isOther ? [key] : [];
  });
}

/** What is wrong with any page that a blind person reads, whatever it shows. */
async function expectTold(page: Page): Promise<void> {
  expect(await alike(page)).toEqual([]);
  const tree = await page.locator("body").ariaSnapshot();
  // Words of two elements that run together: "API1.0.0", "GETCurrent weather".
  expect(tree.match(/[A-Za-z]\d+\.\d+\.\d+"|"(GET|PUT|POST|PATCH|DELETE)[A-Za-z/]/g)).toBeNull();
  // Each row of data has the cell that names it.
  const nameless = await page
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.filter((row) => row.querySelectorAll("td").length > 1 && !row.querySelector("th[scope=row]")).map(String),
    );
  expect(nameless).toEqual([]);
  await expect(page.getByRole("region", { name: "Notices" })).toHaveAccessibleName("Notices");
}

test("the list of APIs says how many a search found, and its plans as a list (F85)", async ({ page }) => {
  await page.goto(paths.catalog("?q=weather+provider"));
  await expectTold(page);
  const main = page.getByRole("main");
  await expect(main.getByRole("status")).toHaveText(/^\d+ APIs/);
  await expect(main.getByRole("list", { name: "APIs" })).toMatchAriaSnapshot(`
    - listitem:
      - heading /Weather Provider API/ [level=3]:
        - link "Weather Provider API 1.0.0, Acme Production"
      - list "Plans":
        - listitem: /Default 100 per hour/
        - listitem: /Gold .* on approval/
  `);
  await page.getByRole("searchbox").fill("nothing is called so");
  await page.getByRole("searchbox").press("Enter");
  await expect(main.getByRole("status")).toHaveText("0 APIs");
});

test("the page of an API is read in the order of a decision: what it is, how to get it, its plans, its operations (F85)", async ({
  asUser,
  developer,
}) => {
  const page = await asUser(developer);
  await page.goto(paths.api(weather("sandbox")));
  await expectTold(page);
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - heading "Weather Provider API" [level=1]
    - region "About"
    - complementary "Subscribe"
    - region "Plans":
      - list "Plans of Weather":
        - listitem:
          - heading "Default" [level=3]
        - listitem:
          - heading "Gold" [level=3]
    - region "Operations":
      - status: 2 operations
  `);
});

test("an application's page names each menu by what it is about, and each row (F84) (F85)", async ({
  asUser,
  developer,
}) => {
  const page = await asUser(developer);
  await page.goto(paths.applications());
  await expectTold(page);
  await page.getByRole("link", { name: "Storefront" }).first().click();
  await expect(page.getByRole("heading", { name: "Storefront", level: 1 })).toBeVisible();
  await expectTold(page);
  const table = page.getByRole("table", { name: "Subscriptions" });
  for (const catalog of ["Sandbox", "Production"]) {
    await expect(table.getByRole("rowheader", { name: `in ${catalog}` })).toBeVisible();
    await table.getByRole("button", { name: `Actions for Weather Default in ${catalog}` }).click();
    await page.getByRole("menuitem", { name: "Cancel subscription…" }).click();
    const dialog = page.getByRole("alertdialog", { name: `Cancel the subscription to Weather in ${catalog}?` });
    await expect(dialog).toHaveAccessibleDescription(/are refused at once/);
    await dialog.getByRole("button", { name: "Keep subscription" }).click();
  }
});

test("the dialog of a secret says that it is shown once, and what to tick (F85)", async ({ asUser, developer }) => {
  const page = await asUser(developer);
  await page.goto(paths.applications());
  await page.getByRole("link", { name: "Storefront" }).first().click();
  await page.getByRole("button", { name: "New credential" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(unique("said"));
  await page.getByRole("dialog").getByRole("button", { name: "Create credential" }).click();
  const shown = page.getByRole("dialog", { name: /^Save the secret of/ });
  await expect(shown).toHaveAccessibleDescription(/^The secret is shown this once\..*Tick the box to go on\.$/);
  noteSecret((await shown.locator("code").last().textContent()) ?? "");
  const done = shown.getByRole("button", { name: "Done" });
  await expect(done).toHaveAccessibleDescription("Tick the box to go on.");
  await shown.getByRole("checkbox").check();
  await done.click();
});

test("Explore says a refusal's reason with its status (F80) (F83)", async ({ asUser, developer }) => {
  const page = await asUser(developer);
  await page.goto(paths.exploreOperation(weather("sandbox"), "getCurrent"));
  await expectTold(page);
  await expect(page.getByRole("button", { name: "Send" })).toHaveText("SendCtrl ↵");
  const status = page.getByRole("region", { name: "Response" }).getByRole("status").first();
  await page.getByRole("textbox", { name: "X-IBM-Client-Id" }).fill("0".repeat(32));
  await page.getByRole("button", { name: "Send" }).click();
  await expect(status).toHaveText(
    /^401 Unauthorized, \d+ ms, .*\. Client ID not registered\. No application in Sandbox/,
  );
  await page.getByRole("textbox", { name: "X-IBM-Client-Id" }).fill("");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(status).toHaveText(/^200 OK, \d+ ms, [\d.]+ k?B$/);
});

test("Explore says to a stranger why nothing was sent (F83)", async ({ page }) => {
  await page.goto(paths.exploreOperation(weather("sandbox"), "getCurrent"));
  await page.getByRole("button", { name: "Send" }).click();
  const status = page.getByRole("region", { name: "Response" }).getByRole("status").first();
  await expect(status).toHaveText(/^Not sent\. .+\. .+\.$/);
});

test("the studio is told by its title, its catalogs' backends are groups, and findings are said (F80) (F84) (F85)", async ({
  page,
}) => {
  await signUp(page);
  const organization = await foundProvider(page);
  await page.goto(paths.provider(organization));
  await expectTold(page);
  const title = unique("Weather");
  await importByPaste(
    page,
    title,
    weatherAs(title, "/told").replace("summary: Current weather", "sumary: Current weather"),
  );
  await expect(page).toHaveTitle(`Import report of ${title} 1.0.0 · Portico`);
  await page.getByRole("link", { name: "Enter one" }).click();
  await expect(page).toHaveTitle(`Design of ${title} 1.0.0 · Portico`);
  for (const catalog of ["Sandbox", "Production"]) {
    const backend = page.getByRole("group", { name: `${catalog} backend` });
    await backend.getByText("Basic", { exact: true }).click();
    await expect(backend.getByRole("textbox", { name: "Functional ID" })).toHaveCount(1);
  }
  await expectTold(page);
  await expect(page.getByRole("status").filter({ hasText: /^\d+ errors?, \d+ warnings?/ })).toHaveCount(1);

  await page.getByText("Source", { exact: true }).click();
  // The ring of the editor lies over the line numbers.
  const editor = page.locator(".cm-editor");
  await page.getByRole("textbox", { name: /^Source of/ }).focus();
  const ring = await editor.evaluate((node) => {
    const { borderInlineStartWidth, zIndex } = getComputedStyle(node, "::after");
    return {
      borderInlineStartWidth,
      above: Number(zIndex) > Number(getComputedStyle(node.querySelector(".cm-gutters") as Element).zIndex),
    };
  });
  expect(ring).toEqual({ borderInlineStartWidth: "2px", above: true });
});

test("the editor of a product and its lists tell what they hold (F84) (F85)", async ({ asUser, provider }) => {
  const page = await asUser(provider);
  await page.goto(paths.draftProducts("acme"));
  await expectTold(page);
  await expect(page.getByRole("main").getByRole("status")).toHaveText(/^\d+ products?/);
  await page.getByRole("link", { name: "Weather", exact: true }).first().click();
  await expect(page).toHaveTitle("Product Weather 1.0.0 · Portico");
  const gold = page.getByRole("group", { name: "Gold" });
  await expect(gold.getByRole("textbox", { name: "Rate limit" })).toHaveValue("1000/1hour");
  await expectTold(page);
  for (const address of [paths.draftApis("acme"), paths.members("acme"), paths.audit("acme"), paths.account()]) {
    await page.goto(address);
    await expectTold(page);
  }
  for (const [catalog, name] of [
    ["sandbox", "Sandbox"],
    ["production", "Production"],
  ] as const) {
    await page.goto(paths.catalogProducts({ organization: "acme", catalog }));
    await expect(page).toHaveTitle(`Products in ${name} · Portico`);
    await expectTold(page);
    await page.goto(paths.endpoints({ organization: "acme", catalog }));
    await expect(page).toHaveTitle(`Endpoints of ${name} · Portico`);
    await expectTold(page);
  }
});

test("a text area grows with what is typed in a browser without field-sizing, as WebKit is (F80)", async ({
  asUser,
  developer,
}) => {
  const page = await asUser(developer);
  await page.addInitScript(() => {
    const supports = CSS.supports.bind(CSS) as (...words: string[]) => boolean;
    CSS.supports = (...words: string[]) => !words.join(":").includes("field-sizing") && supports(...words);
  });
  await page.goto(paths.newApplication());
  const area = page.getByLabel("Description");
  // The sheet's own rule, which this browser heeds, taken away.
  await area.evaluate((node) => node.style.setProperty("field-sizing", "fixed"));
  const height = () => area.evaluate((node) => (node as HTMLElement).offsetHeight);
  const before = await height();
  await area.fill("several words\n".repeat(12));
  await expect.poll(height).toBeGreaterThan(before);
});
