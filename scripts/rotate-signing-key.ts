import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closeDb } from "#lib/db/client.ts";
import { readSettings } from "#lib/env.ts";
import { runningPostgresUrl } from "./embedded-postgres.ts";
import { Failure, failureLine } from "./failure.ts";
import { openSecrets } from "./secrets-file.ts";

// Makes a new key for access tokens in a running installation; `--at-once` when somebody else may have the old one.
// Portal and gateways go on running and hear of it by themselves.

/** Puts database and secrets of the installation into the environment, where lib reads them. */
function openInstallation(): void {
  const { DATA_DIR, DATABASE_URL } = readSettings();
  const url = DATABASE_URL ?? runningPostgresUrl(DATA_DIR);
  if (!url) throw new Failure(`nothing runs in ${DATA_DIR}: start Portico first, or set DATABASE_URL`);
  if (!process.env.SEAL_KEY && !existsSync(join(DATA_DIR, "secrets.json"))) {
    throw new Failure(`no secrets in the environment or in ${join(DATA_DIR, "secrets.json")}`);
  }
  Object.assign(process.env, openSecrets(DATA_DIR, process.env).secrets, { DATABASE_URL: url });
}

try {
  const { values } = parseArgs({ options: { "at-once": { type: "boolean", default: false } } });
  openInstallation();
  const { rotateSigningKey } = await import("#lib/token/rotate-signing-key.ts");
  const { kid, signsAt, oldEndsAt, live } = await rotateSigningKey({ atOnce: values["at-once"] });
  const known = live.gateways === 0 ? "no gateway runs now" : `${live.live} of ${live.gateways} gateways know it`;
  console.log(`New signing key ${kid}: ${known}.`);
  console.log(
    `It signs from ${signsAt.toISOString()}; tokens of the keys before it end by ${oldEndsAt.toISOString()}.`,
  );
} catch (error) {
  console.error(failureLine(error));
  process.exitCode = 1;
} finally {
  await closeDb();
}
