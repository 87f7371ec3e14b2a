import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { readSigningKeys } from "#lib/token/read-signing-keys.ts";

ownDatabase();

const dataDir = mkdtempSync(join(tmpdir(), "portico-rotate-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function run(args: string[], env: Record<string, string | undefined> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/rotate-signing-key.ts", ...args], {
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, DATA_DIR: dataDir, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("the command makes a key that signs later, or at once when told so", async () => {
  const [old] = JSON.parse((await readSigningKeys()).jwks(Date.now())).keys;
  const later = run([]);
  expect([later.status, later.stderr]).toEqual([0, ""]);
  expect(later.stdout).toMatch(/^New signing key [0-9a-f-]{36}: no gateway runs now\.\nIt signs from \S+; /);
  expect(await db().signingKey.count({ where: { endsAt: null } })).toBe(1);
  expect(await db().signingKey.count()).toBe(2);
  const gone = { id: newId(), address: "api-2 0.0.0.0:8080", heartbeatAt: new Date("2020-02-02T14:31:00Z") };
  await db().gatewayNode.create({ data: gone });
  const atOnce = run(["--at-once"]);
  expect([atOnce.status, atOnce.stdout]).toEqual([0, expect.stringMatching(/: 0 of 1 gateways know it\.$/m)]);
  expect(atOnce.stdout).toContain("Not confirmed: api-2 0.0.0.0:8080, silent since 2 Feb 2020, 14:31 UTC.");
  expect(JSON.parse((await readSigningKeys()).jwks(Date.now())).keys).toHaveLength(1);
  expect((await readSigningKeys()).jwks(Date.now())).not.toContain(old.kid);
});

test("without an installation it says so in one line and makes nothing", () => {
  const nothing = run([], { DATABASE_URL: undefined });
  expect([nothing.status, nothing.stdout]).toEqual([1, ""]);
  expect(nothing.stderr).toMatch(/^nothing runs in \S+: start Portico first, or set DATABASE_URL\n$/);
  const wrong = run(["--soon"]);
  expect([wrong.status, wrong.stderr.split("\n").length]).toEqual([1, 2]);
});
