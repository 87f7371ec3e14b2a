import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface FirstRunAccount {
  name: string;
  email: string;
  password: string;
  organization: string;
  role: string;
}

/** What the first start made and cannot be read from the database again; DATA_DIR/first-run.json, 0600. */
export interface FirstRun {
  /** seeding: the process that made the data was interrupted; the next start goes on. */
  state: "seeding" | "complete";
  accounts: { provider: FirstRunAccount; developer: FirstRunAccount; administrator: FirstRunAccount };
  /** Credentials of the application Storefront, and where they call. */
  call?: { clientId: string; clientSecret: string; path: string };
}

const fileOf = (dataDir: string) => join(dataDir, "first-run.json");

/** What was written, or undefined. */
export function readFirstRun(dataDir: string): FirstRun | undefined {
  const path = fileOf(dataDir);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as FirstRun) : undefined;
}

/** Writes the file whole or not at all, 0600. */
export function writeFirstRun(dataDir: string, firstRun: FirstRun): void {
  const path = fileOf(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify(firstRun, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The line that calls the gateway as the seeded application; it works as printed. */
export const curlLine = (gatewayUrl: string, { clientId, clientSecret, path }: NonNullable<FirstRun["call"]>): string =>
  `curl -H 'X-IBM-Client-Id: ${clientId}' -H 'X-IBM-Client-Secret: ${clientSecret}' '${gatewayUrl}${path}'`;
