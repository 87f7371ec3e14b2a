import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "./fixtures.ts";
import { issuedFile, issuedSecrets } from "./issued-secrets.ts";

const dataDir = process.env.DATA_DIR ?? ".data";

/** Every file below a directory. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every form in which a secret would be found again. */
const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64"),
];

/**
 * Those of the files that hold one of the secrets. grep looks for all of them in one pass; asking each of some thousand
 * files for each of some hundred secrets took longer than all journeys together.
 */
function filesWith(secrets: readonly string[], files: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync("grep", ["-a", "-F", "-l", "-s", "-f", "-", "--", ...files], {
    // Postgres removes files while they are listed: no error (-s), but the exit code says 2 then.
    input: secrets.flatMap(formsOf).join("\n"),
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === null || stderr !== "") throw new Error(`grep failed: ${stderr}`);
  return stdout.split("\n").filter(Boolean);
}

/** Files that hold secrets on purpose, 0600: the list of the journeys, the first-run accounts, the installation's keys. */
const ON_PURPOSE = /(^|\/)(issued-secrets\.txt|first-run\.json|secrets\.json|postgres-password)$/;

// Runs after all journeys: see the projects of playwright.config.ts.
test("no secret and no password that was issued is in the database's files, a log, or any other file of the installation (G3, T24)", ({
  installation,
}) => {
  const { accounts, call } = installation.firstRun;
  // The first start prints these on the terminal, and says so: there they are on purpose, anywhere else they are not.
  const passwords = Object.values(accounts).map(({ password }) => password);
  const printed = [...passwords, ...(call ? [call.clientSecret] : [])];
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
  const inside = searched.filter((file) => file.startsWith(dataDir));
  const leaks = [...filesWith(issued, searched), ...filesWith(printed, inside)];
  expect(leaks.map((file) => relative(dataDir, file))).toEqual([]);
  // The search does find what is there.
  expect(filesWith(issued, [...searched, issuedFile])).toEqual([issuedFile]);
});
