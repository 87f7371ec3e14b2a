import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "./fixtures.ts";
import { issuedSecrets } from "./issued-secrets.ts";

const dataDir = process.env.DATA_DIR ?? ".data";

/** Every file below a directory. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Bytes of a file; nothing when Postgres removed it since it was listed. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** Files that hold secrets on purpose, 0600: the list of the journeys, the first-run accounts, the installation's keys. */
const ON_PURPOSE = /(^|\/)(issued-secrets\.txt|first-run\.json|secrets\.json|postgres-password)$/;

// Runs after all journeys: see the projects of playwright.config.ts.
test("no secret and no password that was issued is in the database's files, a log, or any other file of the installation (G3, T24)", ({
  installation,
}) => {
  const { accounts, call } = installation.firstRun;
  // The first start prints these on the terminal, and says so: there they are on purpose, anywhere else they are not.
  const printed = [accounts.provider.password, accounts.developer.password, ...(call ? [call.clientSecret] : [])];
  const issued = issuedSecrets();
  expect(issued.length).toBeGreaterThan(2);
  // What Postgres holds in memory is on its way to the files: tables, indexes and the write-ahead log alike.
  execFileSync("sync");
  const beside = readdirSync(dirname(dataDir), { withFileTypes: true }).filter((entry) => entry.isFile());
  const searched = [...filesBelow(dataDir), ...beside.map((entry) => join(entry.parentPath, entry.name))].filter(
    (file) => !ON_PURPOSE.test(file),
  );
  expect(searched.some((file) => /postgres\/pg_wal\//.test(file))).toBe(true);
  expect(searched.some((file) => file.endsWith(".log") && statSync(file).size > 0)).toBe(true);
  for (const file of searched) {
    const bytes = contentOf(file);
    const terminal = !file.startsWith(dataDir);
    for (const [index, secret] of [...issued, ...(terminal ? [] : printed)].entries()) {
      for (const needle of [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")]) {
        expect(bytes.includes(needle), `secret ${index} is in ${relative(dataDir, file)}`).toBe(false);
      }
    }
  }
});
