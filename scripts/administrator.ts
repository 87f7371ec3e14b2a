import { parseArgs } from "node:util";
import { closeDb } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { Failure, failureLine } from "./failure.ts";
import { openInstallation } from "./open-installation.ts";

// Makes a person who has an account an administrator of the running installation; `--remove` ends that. Nobody becomes
// one through the portal.

try {
  const { values, positionals } = parseArgs({
    options: { remove: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const [email, ...more] = positionals;
  if (email === undefined || more.length > 0)
    throw new Failure("give one e-mail address: npm run administrator -- mira@example.com [--remove]");
  openInstallation();
  const { setAdministrator } = await import("#lib/identity/set-administrator.ts");
  const isAdministrator = !values.remove;
  const { name, changed } = await setAdministrator({ kind: "system", name: "Operator" }, { email, isAdministrator });
  const now = isAdministrator ? "is an administrator of this installation" : "is no administrator of this installation";
  console.log(`${name} ${now}${changed ? "" : " already"}.`);
} catch (error) {
  console.error(error instanceof AppError ? error.detail : failureLine(error));
  process.exitCode = 1;
} finally {
  await closeDb();
}
