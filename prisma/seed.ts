import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { closeDb, db } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { setAdministrator } from "#lib/identity/set-administrator.ts";
import { type FirstRun, type FirstRunAccount, readFirstRun, writeFirstRun } from "#scripts/first-run.ts";
import { ensureApi } from "./seed/api.ts";
import { ensureApplication } from "./seed/application.ts";
import { ensureProvider, ownOrganization } from "./seed/organization.ts";
import { ensurePublishedProduct } from "./seed/product.ts";
import { ensureSubscriptions } from "./seed/subscription.ts";
import { ensureUser } from "./seed/user.ts";

/*
 * The first-run data: only into an empty database, or to finish what an interrupted first start began. What is random
 * is written down before it is used, and every builder takes what is there already, so it can be run again at any point.
 */

const password = () => randomBytes(15).toString("base64url");

const newFirstRun = (): FirstRun => ({
  state: "seeding",
  accounts: {
    provider: {
      name: "Jo Olsen",
      email: "jo.olsen@acme.example",
      password: password(),
      organization: "Acme",
      role: "owner",
    },
    developer: {
      name: "Mira Kessler",
      email: "mira.kessler@northwind.example",
      password: password(),
      organization: "Northwind Retail",
      role: "owner",
    },
    administrator: {
      name: "Ada Brandt",
      email: "ada.brandt@portico.example",
      password: password(),
      organization: "this installation",
      role: "administrator",
    },
  },
});

/** The provider's side: Acme with the Weather Provider API, published in Sandbox and Production. */
async function seedProvider({ name, email, password, organization }: FirstRunAccount): Promise<string> {
  const founder = await ensureUser({ name, email, password });
  const { owner, slug } = await ensureProvider(founder, organization);
  const api = { title: "Weather Provider API", version: "1.0.0" };
  const apiId = await ensureApi(owner, {
    ...api,
    organization: slug,
    source: readFileSync(join(import.meta.dirname, "seed/weather.yaml"), "utf8"),
    backend: {
      url: `http://127.0.0.1:${env().SAMPLE_PORT}`,
      // The functional ID of scripts/sample-backend; consumers' keys never reach it (S12, S13).
      username: "weather-gateway",
      password: process.env.SAMPLE_BACKEND_PASSWORD ?? "",
    },
  });
  return ensurePublishedProduct(owner, {
    organization: slug,
    title: "Weather",
    version: "1.0.0",
    apiIds: [apiId],
    plans: [
      { title: "Default", rateLimit: "100/1hour", requiresApproval: false },
      { title: "Gold", rateLimit: "1000/1hour", requiresApproval: true },
    ],
  });
}

/** The consumer's side: Northwind Retail with Storefront, subscribed to the product. */
async function seedDeveloper({ name, email, password, organization }: FirstRunAccount, productId: string) {
  const developer = await ensureUser({ name, email, password, organization });
  const { applicationId, ...credential } = await ensureApplication(developer, {
    organizationId: ownOrganization(developer).id,
    name: "Storefront",
    description: "Shows the weather beside the delivery date.",
  });
  await ensureSubscriptions(developer, { applicationId, productId, plan: "Default" });
  return credential;
}

/** Who runs the installation, without an organization of their own. */
async function seedAdministrator({ name, email, password }: FirstRunAccount): Promise<void> {
  await ensureUser({ name, email, password });
  await setAdministrator({ kind: "system", name: "First-run data" }, { email, isAdministrator: true });
}

async function seed(): Promise<void> {
  const { DATA_DIR: dataDir } = env();
  const before = readFirstRun(dataDir);
  if (before?.state === "complete") return;
  if (!before && (await db().user.findFirst({ select: { id: true } }))) return;
  // An older version may have begun, with fewer accounts.
  const made = newFirstRun();
  const firstRun = { ...made, ...before, accounts: { ...made.accounts, ...before?.accounts } };
  writeFirstRun(dataDir, firstRun);
  await seedAdministrator(firstRun.accounts.administrator);
  const productId = await seedProvider(firstRun.accounts.provider);
  const credential = await seedDeveloper(firstRun.accounts.developer, productId);
  const call = { ...credential, path: "/acme/sandbox/weather/current?zipcode=90210" };
  writeFirstRun(dataDir, { ...firstRun, state: "complete", call });
}

try {
  await seed();
} finally {
  await closeDb();
}
