import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ensureCallRecordPartitions } from "#lib/call-record/call-record-partitions.ts";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";

ownDatabase();

const dataDir = mkdtempSync(join(tmpdir(), "portico-rebuild-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test("the command makes usage anew from the records, and says what it did", async () => {
  await ensureCallRecordPartitions();
  await db()
    .$executeRaw`insert into "CallRecord" ("time", "requestId", "organizationId", "catalogId", "apiId", "method", "status",
    "totalMs", "requestBytes", "responseBytes")
    select now(), gen_random_uuid(), o, o, o, 'GET', 200, 3, 0, 0 from gen_random_uuid() as o, generate_series(1, 50)`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/rebuild-usage.ts"], {
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, DATA_DIR: dataDir },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^4 days are made, \S+ to \S+; 1 hours of an API were corrected\.$/m);
  expect(await db().$queryRaw`select ok::int, b03::int from "UsageDay"`).toEqual([{ ok: 50, b03: 50 }]);
});
