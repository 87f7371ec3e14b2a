import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { actorOfUser } from "#lib/identity/read-actor.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { person } from "#lib/test-kit/people.ts";

ownDatabase();

const dataDir = mkdtempSync(join(tmpdir(), "portico-administrator-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function run(args: string[], env: Record<string, string | undefined> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/administrator.ts", ...args], {
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, DATA_DIR: dataDir, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("the command makes an administrator and unmakes one", async () => {
  const { userId, email } = await person("Ada");
  const added = { status: 0, stdout: "Ada is an administrator of this installation.\n", stderr: "" };
  expect(run([email])).toEqual(added);
  expect((await actorOfUser(userId)).isAdministrator).toBe(true);
  expect(run([email]).stdout).toBe("Ada is an administrator of this installation already.\n");
  expect(run([email, "--remove"]).stdout).toBe("Ada is no administrator of this installation.\n");
  expect((await actorOfUser(userId)).isAdministrator).toBe(false);
});

test("what stands in the way is one line and code 1", () => {
  expect(run(["nobody@example.com"])).toEqual({
    ...{ status: 1, stdout: "", stderr: "No account has the address nobody@example.com.\n" },
  });
  expect(run([]).stderr).toMatch(/^give one e-mail address: npm run administrator -- \S+ \[--remove\]\n$/);
  const nothing = run(["ada@example.com"], { DATABASE_URL: undefined });
  expect([nothing.status, nothing.stderr]).toEqual([
    1,
    `nothing runs in ${dataDir}: start Portico first, or set DATABASE_URL\n`,
  ]);
});
