import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSettings } from "#lib/env.ts";
import { runningPostgresUrl } from "./embedded-postgres.ts";
import { Failure } from "./failure.ts";
import { openSecrets } from "./secrets-file.ts";

/** Puts database and secrets of a running installation into the environment, where lib reads them; for commands beside it. */
export function openInstallation(): void {
  const { DATA_DIR, DATABASE_URL } = readSettings();
  const url = DATABASE_URL ?? runningPostgresUrl(DATA_DIR);
  if (!url) throw new Failure(`nothing runs in ${DATA_DIR}: start Portico first, or set DATABASE_URL`);
  if (!process.env.SEAL_KEY && !existsSync(join(DATA_DIR, "secrets.json"))) {
    throw new Failure(`no secrets in the environment or in ${join(DATA_DIR, "secrets.json")}`);
  }
  Object.assign(process.env, openSecrets(DATA_DIR, process.env).secrets, { DATABASE_URL: url });
}
