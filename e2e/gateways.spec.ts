import type { Page } from "@playwright/test";
import { type OwnGateway, startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { paths } from "#lib/paths.ts";
import { openInstallation } from "#scripts/open-installation.ts";
import { weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectFitsTelephone, expectGoodDialog, takeScreens } from "./helpers.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, signUp, unique } from "./people.ts";
import { enterSampleBackend, importByPaste } from "./studio.ts";

// It has the installation to itself (playwright.config.ts): a second gateway that is silent shows in everybody's words.

let second: OwnGateway | undefined;
test.afterAll(async () => {
  // A stopped process takes no signal but this one.
  second?.process.kill("SIGKILL");
});

/** The row of the second gateway, once the page has it so. */
async function untilRowSays(page: Page, words: RegExp): Promise<void> {
  const row = page.getByRole("row", { name: new URL(second?.address ?? "").host });
  await expect(async () => {
    await page.goto(paths.gateways());
    await expect(row).toHaveText(words, { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
}

test("a gateway that falls silent is named where a change is not live, and can be dismissed; it comes back by itself", async ({
  page: publisher,
  asUser,
  administrator,
  developer,
}) => {
  const title = unique("Weather");
  await signUp(publisher);
  await foundProvider(publisher);
  await importByPaste(publisher, title, weatherAs(title, `/${title.toLowerCase().replaceAll(" ", "-")}`));
  await enterSampleBackend(publisher);
  const publish = async () => {
    await publisher.getByRole("button", { name: "Publish" }).click();
    await publisher.getByRole("menuitem", { name: "Sandbox" }).click();
  };

  openInstallation();
  second = await startGateway(process.env.DATABASE_URL ?? "");
  const { host } = new URL(second.address);
  const page = await asUser(administrator);

  await test.step("the administrator finds the gateways from the account menu", async () => {
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("link", { name: "Installation" }).click();
    await expect(page.getByRole("heading", { name: "Gateways" })).toBeVisible();
    await untilRowSays(page, /Answers.*All changes/);
    await takeScreens(page, "gateways-answering");
  });

  await test.step("one that answers no more is silent, and a publish says that it has not confirmed", async () => {
    second?.process.kill("SIGSTOP");
    await untilRowSays(page, /Silent/);
    await publish();
    await expect(publisher.getByText(/Live on 1 of 2 gateways/)).toBeVisible();
    await expect(
      publisher.getByText(new RegExp(`Not confirmed: .*${host}.*, silent since .* UTC.*an administrator can dismiss`)),
    ).toBeVisible();
    await expectAccessible(publisher);
    await takeScreens(publisher, "publish-not-confirmed", { fullPage: false });
    await publisher.getByRole("button", { name: "Done" }).click();
  });

  await test.step("a developer hears that one has not confirmed, and no name of a machine", async () => {
    const consumer = await asUser(developer);
    await consumer.goto(paths.applications());
    await consumer.getByRole("link", { name: "Storefront" }).first().click();
    await consumer.getByRole("button", { name: "New credential" }).first().click();
    const dialog = consumer.getByRole("dialog");
    await dialog.getByLabel("Name").fill(unique("silent"));
    await dialog.getByRole("button", { name: "Create credential" }).click();
    await expect(dialog.getByText(/Live on 1 of 2 gateways\. Not confirmed: a gateway, silent since/)).toBeVisible();
    await expect(dialog.getByText(host)).toHaveCount(0);
    noteSecret((await dialog.locator("code", { hasText: "pcs_" }).textContent()) ?? "");
    await takeScreens(consumer, "secret-not-confirmed", { fullPage: false });
    await dialog.getByRole("checkbox", { name: /I have saved/ }).check();
    await dialog.getByRole("button", { name: "Done" }).click();
  });

  await test.step("the administrator dismisses it, after a question; the log says who did", async () => {
    await untilRowSays(page, /Silent.*behind/);
    await expectAccessible(page);
    await expectFitsTelephone(page);
    await takeScreens(page, "gateways-silent");
    await page.getByRole("link", { name: "Show 1" }).click();
    await expect(page.getByRole("row", { name: "Answers" })).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Show all 2" })).toBeVisible();
    await page.getByRole("button", { name: "Dismiss…" }).click();
    await expect(await expectGoodDialog(page)).toHaveText(new RegExp(host));
    await takeScreens(page, "dialog-dismiss-gateway", { fullPage: false });
    await page.keyboard.press("Escape");
    await expect(page.getByRole("alertdialog")).toBeHidden();
    await expect(page.locator("button:focus")).toBeVisible();
    await page.getByRole("button", { name: "Dismiss…" }).click();
    await page.getByRole("button", { name: "Dismiss gateway" }).click();
    await expect(page.getByRole("row", { name: host })).toHaveCount(0);
    await page.getByRole("link", { name: "Audit log" }).click();
    await expect(page.getByRole("row", { name: host })).toHaveText(
      new RegExp(`${administrator.name}gateway\\.dismissed`),
    );
    await takeScreens(page, "installation-audit");
  });

  await test.step("from then on a change is live without it", async () => {
    await publish();
    await expect(publisher.getByText(/Live on 1 of 1 gateways/)).toBeVisible();
  });

  await test.step("it runs on after all: it enters itself again, with what it missed, and leaves when it is stopped", async () => {
    second?.process.kill("SIGCONT");
    await untilRowSays(page, /Answers.*All changes/);
    expect(await second?.stop()).toBe(0);
    await page.goto(paths.gateways());
    await expect(page.getByRole("row", { name: host })).toHaveCount(0);
  });
});
