import { paths } from "#lib/paths.ts";
import { sampleBackend, weatherWithoutKeys } from "./definitions.ts";
import { test as base, expect } from "./fixtures.ts";
import { noteSecret } from "./issued-secrets.ts";
import { findFirefox, findWebKit, type OtherBrowser } from "./other-browser.ts";
import { unique } from "./people.ts";

/** Without a page of Playwright's browser, whose console is asked elsewhere. */
const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are needed from the pattern.
  quietConsole: async ({}, use) => use(undefined),
});

/** Of one journey; on two idle cores one takes about ten seconds. */
const JOURNEY_MS = 90_000;

const starts = (words: string) => `[starts-with(normalize-space(.), "${words}")]`;
const text = (words: string) => `//*[text()[contains(., "${words}")]][not(self::script)]`;
const heading = (words: string) => `//*[self::h1 or self::h2 or self::h3]${starts(words)}`;
const button = (name: string) =>
  `//button[not(@disabled)][@aria-label="${name}" or (not(@aria-label) and starts-with(normalize-space(.), "${name}"))]`;
const link = (name: string) => `//a[starts-with(normalize-space(.), "${name}")]`;
const inMain = (place: string) => `//main${place}`;
const menuItem = (name: string) => `//*[@role="menuitem"]${starts(name)}`;
const label = (name: string) => `//label${starts(name)}`;
const field = (name: string) => `//*[@id=//label${starts(name)}/@for]`;
const panel = (place: string) => `//aside[@aria-label="Test"]${place}`;
const response = (words: string) => panel(`//*[@aria-label="Response"]${text(words)}`);
const dialog = (place = "") => `//*[@role="dialog"]${place}`;

/** Whether what has the focus is on a ring, or stands in a label that has one. */
const RING = `(() => {
  const node = document.activeElement;
  const rings = (n) => n !== null && getComputedStyle(n).outlineStyle !== "none";
  return node !== document.body && (rings(node) || rings(node.closest("label")));
})()`;

async function signUp(browser: OtherBrowser, portal: string, next: string): Promise<void> {
  const name = unique("Tess");
  await browser.open(portal + paths.signUp(next));
  await browser.fill(field("Your name"), name);
  await browser.fill(field("E-mail address"), `${name.replaceAll(" ", ".").toLowerCase()}@example.com`);
  await browser.fill(field("Password"), noteSecret(unique("a long password")));
  await browser.press(button("Create account"));
}

/** From an import to a call that answers 200, and one that is refused with 401, as the tutorial has it. */
async function provide(browser: OtherBrowser, portal: string, title: string): Promise<void> {
  await signUp(browser, portal, paths.newOrganization());
  await browser.fill(field("Name"), unique("Provider"));
  await browser.press(button("Create organization"));
  await browser.press(inMain(link("Import an API")));
  await browser.press(label("Paste"));
  // A key that OpenAPI does not know, near the top, where the editor draws it: a finding to underline.
  const source = weatherWithoutKeys(title, "/weather").replace(/^info:\n/m, "info:\n  colour: blue\n");
  await browser.paste(field("Definition"), source);
  await browser.press(button("Import API"));
  await browser.see(heading(`${title} is imported`));
  await browser.press(inMain(link("Enter one")));
  const { address, username, password } = sampleBackend();
  const backend = `//fieldset[@aria-label="Sandbox backend"]`;
  await browser.fill(field("Sandbox backend address"), address);
  await browser.press(backend + label("Basic"));
  await browser.fill(field("Functional ID"), username);
  await browser.fill(`${backend}//input[@type="password"]`, noteSecret(password));

  await browser.press(label("Source"));
  const finding = `document.querySelector(".cm-lintRange")`;
  await browser.see(`//*[contains(@class, "cm-lintRange")]`);
  const line = await browser.value(`getComputedStyle(${finding}).textDecorationLine`);
  expect(line, "a finding is underlined (F80)").toContain("underline");
  await browser.press(label("Form"));

  for (const [name, parameter] of [
    ["Client ID", "X-IBM-Client-Id"],
    ["Client Secret", "X-IBM-Client-Secret"],
  ] as const) {
    await browser.press(button("Add security definition"));
    await browser.press(menuItem("API Key"));
    await browser.fill(field("Name"), name);
    await browser.fill(field("Parameter name"), parameter);
  }
  await browser.press(button("Add security option"));
  const option = `//fieldset[legend="Option 1"]`;
  await browser.press(option + label("Client ID"));
  await browser.press(option + label("Client Secret"));
  await browser.press(button("Save"));
  await browser.see(`//*[@role="status"][.="Saved"]`);

  await browser.press(link("Assemble"));
  await browser.press(button("Test"));
  await browser.press(panel(button("Republish product")));
  await browser.see(panel(text("Live on 1 of 1 gateway")));
  await browser.press(panel(`//label[contains(., "/current")]`));
  await browser.fill(panel(field("zipcode")), "90210");
  await browser.press(panel(button("Invoke")));
  await browser.see(response("200"));
  await browser.see(response("Beverly Hills"));
  await browser.fill(panel(field("Client ID")), "0123456789abcdef0123456789abcdef");
  await browser.press(panel(button("Invoke")));
  await browser.see(response("401"));
  await browser.see(response("Client ID not registered"));
}

/** Registers, finds the API, subscribes, calls it; then looks at what this browser did otherwise than the others. */
async function develop(browser: OtherBrowser, portal: string, title: string): Promise<void> {
  await signUp(browser, portal, paths.newApplication());
  const application = unique("Storefront");
  await browser.fill(field("Name"), application);
  const height = "document.querySelector('textarea').offsetHeight";
  const before = await browser.value<number>(height);
  // So long that it wraps: WebKit's driver types no line feeds.
  await browser.fill(field("Description"), "several words ".repeat(14));
  await expect.poll(() => browser.value<number>(height), "a text area grows (F80)").toBeGreaterThan(before);
  await browser.press(button("Register application"));
  await saveSecret(browser);
  await browser.see(button("New credential"));

  await browser.press(link("APIs"));
  await browser.fill(inMain(`//input[@type="search"]`), title);
  await browser.key("Enter");
  await browser.press(inMain(link(title)));
  await browser.press(button("Subscribe "));
  await browser.see(text(`${application} has `));

  await browser.press(inMain(link("Call it in Explore")));
  await browser.see(field("zipcode"));
  await browser.press(button("Send"));
  await browser.see(text("Beverly Hills"));
  expect(await browser.value(`document.activeElement.tagName`), "the focus stays (F81)").not.toBe("BODY");

  await browser.open(portal + paths.applications());
  await browser.press(inMain(link(application)));
  await browser.press(button("New credential"));
  await browser.see(dialog());
  for (let stop = 0; stop < 4; stop++) {
    await browser.key("Tab");
    expect(await browser.value(RING), "the ring shows where Tab goes (F79)").toBe(true);
  }
  await browser.fill(dialog(`//input[@name="name"]`), "second");
  await browser.press(button("Create credential"));
  await saveSecret(browser);
  await browser.see(button("Actions for second"));

  // Signed out, the page before is asked for anew, or is not shown (F82).
  await signOut(browser);
  await browser.back();
  await browser.see(field("Password"));
  expect(new URL(await browser.address()).pathname).toBe(paths.signIn());
}

async function signOut(browser: OtherBrowser): Promise<void> {
  await browser.press(`//button[starts-with(@aria-label, "Account of")]`);
  await browser.press(button("Sign out"));
  await browser.see(`//header//a[normalize-space(.)="Sign in"]`);
}

async function saveSecret(browser: OtherBrowser): Promise<void> {
  await browser.see(text("The secret is shown this once"));
  noteSecret(await browser.value<string>(`[...document.querySelectorAll("[role=dialog] code")].at(-1).textContent`));
  await browser.press(label("I have saved"));
  await browser.press(button("Done"));
  // As long as it is there, it asks before the page is left.
  await browser.see(`//body[not(.${dialog()})]`);
}

for (const [name, found] of [
  ["Firefox", findFirefox()],
  ["WebKit", findWebKit()],
] as const)
  test(`a provider publishes and a developer calls in ${name}, as in Chromium (F79) (F80) (F81) (F82)`, async ({
    installation,
  }, testInfo) => {
    if ("absent" in found) {
      // Aloud: the list of a run says that a journey was skipped, and not why.
      console.log(`Not walked in ${name}: ${found.absent}.`);
      test.skip(true, found.absent);
      return;
    }
    test.setTimeout(3 * JOURNEY_MS);
    // One browser for both, each of whom signs out: as on one computer, and a browser's start is its dearest part.
    const browser = await found.open();
    try {
      const title = unique("Weather");
      await test.step("the provider", () => provide(browser, installation.portalUrl, title), { timeout: JOURNEY_MS });
      await signOut(browser);
      await test.step("the developer", () => develop(browser, installation.portalUrl, title), { timeout: JOURNEY_MS });
    } catch (error) {
      // Without a picture too it is this error that counts.
      await browser.picture(testInfo.outputPath("window.png")).catch(() => {});
      throw error;
    } finally {
      await browser.close();
    }
  });
