import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { ADVISORY_LOCKS, NAMED_ADVISORY_LOCKS } from "./advisory-locks.ts";
import { db } from "./client.ts";

ownDatabase();

const numbers = Object.values(ADVISORY_LOCKS).map(String);
const named = Object.values(NAMED_ADVISORY_LOCKS).map((name) => `hashtextextended('${name}', 0)`);

/** What is given to each advisory lock of a text: "7046202", "$1", "hashtextextended('x', 0)". */
const keysIn = (text: string): string[] =>
  [...text.matchAll(/pg_(?:try_)?advisory_(?:xact_)?(?:un)?lock(?:_shared|_all)?\(((?:[^()]|\([^()]*\))*)\)/gi)].map(
    ([, key = ""]) => key.trim(),
  );

describe("advisory locks", () => {
  test("no two locks are one, whether they have a number or a name (F55)", async () => {
    const [row] = await db().$queryRawUnsafe<{ keys: bigint[] }[]>(
      `select array[${[...numbers, ...named].join(", ")}]::bigint[] as keys`,
    );
    const keys = row?.keys.map(String) ?? [];
    expect(keys).toHaveLength(numbers.length + named.length);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("the functions of the database take the locks of the list, each one that is theirs, and no other (F55)", async () => {
    const functions = await db().$queryRaw<{ name: string; source: string }[]>`
      select proname as name, prosrc as source from pg_proc
      where pronamespace = 'public'::regnamespace and prosrc ilike '%advisory%' order by 1`;
    expect(functions.map(({ name, source }) => [name, keysIn(source)])).toEqual([
      ["drop_call_record_partition", [String(ADVISORY_LOCKS.callRecordDrops)]],
      ["ensure_call_record_partition", [String(ADVISORY_LOCKS.callRecordPartitions)]],
      ["limit_counter_join", named],
    ]);
  });

  test("no script of the migrations takes a lock that the list does not have (F55)", () => {
    const scripts = globSync("prisma/migrations/*/migration.sql").map((file) => readFileSync(file, "utf8"));
    const taken = scripts.flatMap(keysIn);
    expect(taken.length).toBeGreaterThan(3);
    for (const key of taken) expect([...numbers, ...named]).toContain(key);
  });

  test("each number stands in the list alone, and what takes a lock takes it from there (F55)", () => {
    const files = globSync("{app,components,gateway,lib,scripts}/**/*.{ts,tsx,mjs}").filter(
      (file) => !/^lib\/db\/(generated|advisory-locks)/.test(file),
    );
    const written = new RegExp(`\\b(?:${numbers.map((n) => [...n].join("_?")).join("|")})\\b`);
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      expect(text, file).not.toMatch(written);
      if (/\bworkAlone\(/.test(text) && file !== "lib/db/work-alone.ts")
        expect(text, file).toMatch(/workAlone\(\s*ADVISORY_LOCKS\./);
      for (const key of keysIn(text))
        expect(["$1"].includes(key) || /\$\{ADVISORY_LOCKS\.\w+\}/.test(key), `${file}: ${key}`).toBe(true);
      if (keysIn(text).length > 0 && file !== "lib/db/work-alone.ts") expect(text, file).toContain("ADVISORY_LOCKS.");
    }
  });
});
