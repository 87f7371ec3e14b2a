import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvError, readSecrets, type Secrets, secretNames } from "#lib/env.ts";
import { Failure } from "./failure.ts";

/** What the file holds beside the installation's secrets: the functional ID's password at the sample backend. */
const SAMPLE = "SAMPLE_BACKEND_PASSWORD";

export interface InstallationSecrets {
  /** As environment variables, for children. */
  secrets: Secrets & { SAMPLE_BACKEND_PASSWORD: string };
  /** Whether this very start made some of them: what a database holds was made with others. */
  made: boolean;
  /** Takes back what this start made; for a start that fails later on and must not leave new secrets to an old database. */
  undo(): void;
}

/**
 * The secrets of an installation: those of the environment, else those of DATA_DIR/secrets.json, which the first start
 * makes with mode 0600. One that is missing in an existing file is not made up: records were made with the lost one.
 */
export function openSecrets(dataDir: string, environment: NodeJS.ProcessEnv): InstallationSecrets {
  const path = join(dataDir, "secrets.json");
  const isNew = !existsSync(path);
  // A second machine's first start is given those of the first: nothing is made up in their place.
  const kept: Record<string, string> = isNew ? make(environment) : read(path);
  const made = isNew && secretNames.some((name) => name in kept);
  const given: Record<string, string | undefined> = Object.fromEntries(
    [...secretNames, SAMPLE].map((name) => [name, environment[name] || kept[name]]),
  );
  try {
    const secrets = { ...readSecrets(given as NodeJS.ProcessEnv), SAMPLE_BACKEND_PASSWORD: given[SAMPLE] ?? "" };
    if (isNew) writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
    else chmodSync(path, 0o600);
    return { secrets, made, undo: () => isNew && rmSync(path, { force: true }) };
  } catch (error) {
    if (error instanceof EnvError) throw new Failure(`${error.message} (in the environment or in ${path})`);
    throw error;
  }
}

const make = (environment: NodeJS.ProcessEnv) =>
  Object.fromEntries(
    [...secretNames, SAMPLE].filter((n) => !environment[n]).map((n) => [n, randomBytes(32).toString("base64url")]),
  );

function read(path: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new Failure(`${path} cannot be read as JSON: restore it from your backup`);
  }
}
