import { randomBytes } from "node:crypto";
import { closeDb, db } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { type FirstRun, readFirstRun, writeFirstRun } from "#scripts/first-run.ts";
import { ensureProvider } from "./seed/organization.ts";
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
  },
});

async function seed(): Promise<void> {
  const { DATA_DIR: dataDir } = env();
  const before = readFirstRun(dataDir);
  if (before?.state === "complete") return;
  if (!before && (await db().user.findFirst({ select: { id: true } }))) return;
  const firstRun = before ?? newFirstRun();
  writeFirstRun(dataDir, firstRun);

  const { provider, developer } = firstRun.accounts;
  const jo = await ensureUser({ name: provider.name, email: provider.email, password: provider.password });
  await ensureProvider(jo, provider.organization);
  await ensureUser({
    name: developer.name,
    email: developer.email,
    password: developer.password,
    organization: developer.organization,
  });
  writeFirstRun(dataDir, { ...firstRun, state: "complete" });
}

try {
  await seed();
} finally {
  await closeDb();
}
