import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { secretNames } from "#lib/env.ts";
import { openSecrets } from "./secrets-file.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "portico-secrets-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const nothing = {} as NodeJS.ProcessEnv;
const file = () => join(dataDir, "secrets.json");

test("the first start makes every secret at random and keeps them for the owner alone", () => {
  const { secrets, made } = openSecrets(dataDir, nothing);
  expect(made).toBe(true);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(new Set(secretNames.map((name) => secrets[name])).size).toBe(secretNames.length);
});

test("a later start takes the same ones, and closes a file that others may read", () => {
  const first = openSecrets(dataDir, nothing);
  chmodSync(file(), 0o644);
  const second = openSecrets(dataDir, nothing);
  expect(second.secrets).toEqual(first.secrets);
  expect(second.made).toBe(false);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test("a secret of the environment wins", () => {
  const own = "an-own-pepper-with-more-than-32-characters";
  expect(openSecrets(dataDir, { PEPPER: own } as unknown as NodeJS.ProcessEnv).secrets.PEPPER).toBe(own);
});

test("a secret missing in an existing file is not made up, because records were made with the lost one", () => {
  openSecrets(dataDir, nothing);
  const { PEPPER, ...rest } = JSON.parse(readFileSync(file(), "utf8"));
  writeFileSync(file(), JSON.stringify(rest));
  expect(() => openSecrets(dataDir, nothing)).toThrow(/^PEPPER is missing/);
});

test("a file that is no JSON is refused", () => {
  writeFileSync(file(), "{");
  expect(() => openSecrets(dataDir, nothing)).toThrow(/restore it/);
});

test("what a failed first start made can be taken back", () => {
  openSecrets(dataDir, nothing).undo();
  expect(openSecrets(dataDir, nothing).made).toBe(true);
});

test("the first start on a second machine, which is given the secrets of the first, makes none of them up", () => {
  const given = Object.fromEntries(secretNames.map((name) => [name, `${name} of the first machine, long enough`]));
  const { secrets, made } = openSecrets(dataDir, given as unknown as NodeJS.ProcessEnv);
  expect([made, secrets]).toEqual([false, expect.objectContaining(given)]);
  expect(Object.keys(JSON.parse(readFileSync(file(), "utf8")))).toEqual(["SAMPLE_BACKEND_PASSWORD"]);
});
