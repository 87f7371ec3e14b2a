import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "@playwright/test";
import { paths } from "#lib/paths.ts";
import { weatherAs } from "./definitions.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodDialog, takeScreens } from "./helpers.ts";
import { noteSecret } from "./issued-secrets.ts";
import { foundProvider, inviteByLink, joinByLink, signUp, unique } from "./people.ts";
import { enterSampleBackend, importByPaste } from "./studio.ts";

const components = join(import.meta.dirname, "../components");
/** What components/ui has for it: Dialog, ConfirmDialog, … */
const kinds = globSync("ui/*.tsx", { cwd: components }).flatMap((file) =>
  [...readFileSync(join(components, file), "utf8").matchAll(/^export function (\w*Dialog|Confirm\w+)\(/gm)].map(
    ([, name]) => name,
  ),
);
/** Every place of the code that opens a dialog: "credential/credential-dialogs", and "… 2" for the second of a file. */
const dialogs = globSync("*/*.tsx", { cwd: components })
  .filter((file) => !file.startsWith("ui/"))
  .flatMap((file) => {
    const uses = readFileSync(join(components, file), "utf8").match(new RegExp(`<(${kinds.join("|")})\\b`, "g")) ?? [];
    return uses.map((_, index) => file.replace(/\.tsx$/, index === 0 ? "" : ` ${index + 1}`));
  })
  .sort();

/**
 * Who looks at what: Mira at Storefront, Jo at Acme, or the founder of an organization with one API, at first unpublished.
 * Ada's stand in gateways.spec.ts, which runs alone: a gateway that is silent shows in everybody's words.
 */
interface Place {
  page: Page;
  browser: Browser;
  organization: string;
  title: string;
}
type Opening = (place: Place) => Promise<void>;
interface Row {
  who: "developer" | "provider" | "founder" | "administrator";
  /** Name of the pictures -> how to get there. */
  openings: Record<string, Opening>;
}

const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().click();

/** Opens a dialog from the page of Storefront. */
const onStorefront =
  (open: (page: Page) => Promise<void>): Opening =>
  async ({ page }) => {
    await page.goto(paths.applications());
    await page.getByRole("link", { name: "Storefront" }).first().click();
    await open(page);
  };
/** Opens a dialog from a menu of the page of Storefront. */
const fromMenu = (of: RegExp, entry: RegExp) =>
  onStorefront(async (page) => {
    await press(page, of);
    await page.getByRole("menuitem", { name: entry }).click();
  });
/** The credential of the first-run data; other journeys make and revoke their own meanwhile. */
const firstCredential = /^Actions for default/;
/** A service ID of this file's own; other journeys make and delete theirs meanwhile. */
const program = unique("dialogs");
const onProgram = (open: (card: Locator, page: Page) => Promise<void>): Opening =>
  onStorefront((page) => open(page.getByRole("article", { name: program }), page));
/** Creates what a dialog asks a name for, and notes the secret that is shown. */
async function makeShown(page: Page, name: string, submit: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: submit }).click();
  await expect(dialog).toHaveAccessibleName(/^Save the /);
  // Under the client ID, where there is one.
  noteSecret((await dialog.locator("code").last().textContent()) ?? "");
}
/** Opens a dialog from the studio of the founder's API. */
const inStudio =
  (menu: RegExp | string, entry: string): Opening =>
  async ({ page, organization, title }) => {
    await page.goto(paths.draftApis(organization));
    await page.getByRole("link", { name: title }).click();
    await press(page, menu);
    await page.getByRole("menuitem", { name: entry }).click();
  };
const sandbox = { organization: "acme", catalog: "sandbox" };

/** In the order of their deeds: what is published cannot be deleted any more. */
const rows: Record<string, Row> = {
  "application/edit-application": {
    who: "developer",
    openings: { "edit-application": onStorefront((page) => press(page, "Edit")) },
  },
  "application/delete-application": {
    who: "developer",
    openings: { "delete-application": onStorefront((page) => press(page, "Delete application…")) },
  },
  "application/subscriptions-section": {
    who: "developer",
    openings: { "cancel-subscription": fromMenu(/^Actions for Weather/, /^Cancel subscription/) },
  },
  "credential/credential-dialogs": {
    who: "developer",
    openings: { "new-credential": onStorefront((page) => press(page, "New credential")) },
  },
  "credential/credential-dialogs 2": {
    who: "developer",
    openings: { "edit-credential": fromMenu(firstCredential, /^Edit name/) },
  },
  "credential/credentials-section": {
    who: "developer",
    openings: {
      "reset-secret": fromMenu(firstCredential, /^Reset secret/),
      "revoke-credential": fromMenu(firstCredential, /^Revoke/),
    },
  },
  "service-id/service-id-dialogs": {
    who: "developer",
    openings: { "new-service-id": onStorefront((page) => press(page, "New service ID")) },
  },
  "service-id/service-id-dialogs 2": {
    who: "developer",
    openings: {
      "edit-service-id": onStorefront(async (page) => {
        await press(page, "New service ID");
        await page.getByRole("dialog").getByLabel("Name").fill(program);
        await press(page, "Create service ID");
        await press(page, `Actions for ${program}`);
        await page.getByRole("menuitem", { name: "Edit name and APIs…" }).click();
      }),
    },
  },
  "service-id/service-id-dialogs 3": {
    who: "developer",
    openings: { "new-api-key": onProgram((card) => card.getByRole("button", { name: "New API key" }).click()) },
  },
  "credential/shown-once-dialog": {
    who: "developer",
    openings: {
      "shown-secret": onStorefront(async (page) => {
        await press(page, "New credential");
        await makeShown(page, unique("shown once"), "Create credential");
      }),
      "shown-api-key": onProgram(async (card, page) => {
        await card.getByRole("button", { name: "New API key" }).click();
        await makeShown(page, "first", "Create API key");
      }),
    },
  },
  "service-id/service-ids-section": {
    who: "developer",
    openings: {
      "revoke-api-key": onProgram(async (card, page) => {
        await card.getByRole("button", { name: "Actions for the key first" }).click();
        await page.getByRole("menuitem", { name: "Revoke…" }).click();
      }),
    },
  },
  "service-id/service-ids-section 2": {
    who: "developer",
    openings: {
      "delete-service-id": onProgram(async (card, page) => {
        await card.getByRole("button", { name: `Actions for ${program}` }).click();
        await page.getByRole("menuitem", { name: "Delete…" }).click();
      }),
    },
  },
  "catalog/retire-release": {
    who: "provider",
    openings: {
      "retire-release": async ({ page }) => {
        await page.goto(paths.catalogProducts(sandbox));
        await press(page, "Retire…");
      },
    },
  },
  "catalog/reset-test-values": {
    who: "provider",
    openings: {
      "reset-test-values": async ({ page }) => {
        await page.goto(paths.endpoints(sandbox));
        await press(page, "Reset values…");
      },
    },
  },
  "installation/dismiss-gateway": { who: "administrator", openings: {} },
  "shell/compact-menu": {
    who: "provider",
    openings: {
      "compact-menu": async ({ page }) => {
        await page.setViewportSize({ width: 390, height: 844 });
        await page.goto(paths.provider("acme"));
        await press(page, "Menu");
      },
    },
  },
  "studio/delete-api": {
    who: "founder",
    openings: { "delete-api": inStudio(/^More actions/, "Delete API…") },
  },
  "product/publish-button": {
    who: "founder",
    openings: {
      "publish-sandbox": async (place) => {
        await inStudio("Publish", "Sandbox")(place);
        await expect(place.page.getByText(/Live on 1 of 1 gateway/)).toBeVisible();
      },
      "publish-production": inStudio("Publish", "Production…"),
      "publish-refused": async (place) => {
        await inStudio("Publish", "Production…")(place);
        await press(place.page, "Publish to Production");
        await expect(place.page.getByText(/has no backend address for Production/)).toBeVisible();
      },
    },
  },
  "product/product-head": {
    who: "founder",
    openings: {
      "delete-product": async ({ page, organization }) => {
        await page.goto(paths.newProduct(organization));
        await page.getByLabel("Title").fill("Unpublished");
        await page.getByLabel("Version").fill("1.0.0");
        await press(page, "Create product");
        await press(page, "Delete…");
      },
    },
  },
  "organization/members": {
    who: "founder",
    openings: {
      "remove-member": async ({ page, browser, organization }) => {
        const email = `${unique("guest").replaceAll(" ", "")}@example.com`;
        const guest = await joinByLink(browser, await inviteByLink(page, organization, email));
        await expect(page.getByText("The only owner: make somebody else an owner first.")).toBeVisible();
        await page.goto(paths.members(organization));
        await page.getByRole("row", { name: guest }).getByRole("button", { name: "Remove…" }).click();
      },
    },
  },
};

test("every dialog of the portal stands in this table", () => {
  expect(Object.keys(rows).sort()).toEqual(dialogs);
});

for (const who of ["developer", "provider", "founder"] as const) {
  const openings = Object.values(rows)
    .filter((row) => row.who === who)
    .flatMap((row) => Object.entries(row.openings));
  test(`each dialog of a ${who} takes the focus, breaks no rule of accessibility, and gives the focus back`, async ({
    page: stranger,
    asUser,
    browser,
    installation,
  }) => {
    // Each is drawn four times and read by axe twice.
    test.setTimeout(60_000 + 30_000 * openings.length);
    const place = { page: stranger, browser, organization: "", title: unique("Weather") };
    if (who === "founder") {
      await signUp(stranger);
      place.organization = await foundProvider(stranger);
      await importByPaste(stranger, place.title, weatherAs(place.title, "/weather"));
      await enterSampleBackend(stranger);
    } else place.page = await asUser(installation.firstRun.accounts[who]);
    const { page } = place;
    for (const [name, open] of openings) {
      await test.step(name, async () => {
        await open(place);
        const dialog = await expectGoodDialog(page);
        // Wider, the menu goes and leaves nothing to see.
        if (name !== "compact-menu") await takeScreens(page, `dialog-${name}`, { fullPage: false });
        await page.keyboard.press("Escape");
        if (name.startsWith("shown-")) return void (await expect(dialog).toBeVisible());
        await expect(dialog).toBeHidden();
        // It is given back in a frame after the dialog has gone.
        await expect(page.locator("button:focus")).toBeVisible();
      });
    }
  });
}
