import { randomBytes } from "node:crypto";
import { cpus } from "node:os";
import { startDatabase } from "#gateway/conformance/kit/own-gateway.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { secretNames } from "#lib/env.ts";
import { statementsOf } from "#lib/test-kit/statements.ts";
import { pagesOf } from "./pages.ts";
import { FEW, MANY, type Seeded, seedMany } from "./seed-many.ts";

// What the portal's pages cost with 1,000 APIs, 65,000 operations, 50,000 applications and 80,000 subscriptions, against
// the same pages with a hundredth of it, in one run on one machine: milliseconds alone say what the machine is.

const RUNS = 30;
const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

interface Measured {
  ms: number;
  worst: number;
  statements: number;
}

async function measure(seeded: Seeded, organizationId: string): Promise<Map<string, Measured>> {
  // Some way down; the oldest but a few.
  const deep = await db().auditEvent.findMany({
    where: { organizationId },
    select: { id: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    skip: 30,
    take: 1,
  });
  const measured = new Map<string, Measured>();
  for (const [name, read] of Object.entries(pagesOf(seeded, deep[0]?.id))) {
    const statements = (await statementsOf(read)).length;
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const start = performance.now();
      await read();
      times.push(performance.now() - start);
    }
    measured.set(name, { ms: median(times), worst: Math.max(...times), statements });
  }
  return measured;
}

for (const name of secretNames) process.env[name] = randomBytes(24).toString("base64url");
process.env.LOG_LEVEL = "silent";
const database = await startDatabase();
process.env.DATABASE_URL = database.url;
try {
  const few = await seedMany(FEW, "few");
  const reference = await measure(few, few.providerId);
  const start = performance.now();
  const many = await seedMany(MANY, "many");
  const seconds = ((performance.now() - start) / 1_000).toFixed(0);
  const result = await measure(many, many.providerId);
  console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}; filled in ${seconds} s`);
  console.log(`| page | with few, ms | with many, ms | ratio | worst of ${RUNS}, ms | statements |`);
  console.log("| ---- | ------------ | ------------- | ----- | --------------- | ---------- |");
  for (const [name, { ms, worst, statements }] of result) {
    const before = reference.get(name);
    const cells = [before?.ms.toFixed(1), ms.toFixed(1), (ms / (before?.ms ?? ms)).toFixed(1), worst.toFixed(1)];
    console.log(`| ${[name, ...cells, `${statements} (${before?.statements} with few)`].join(" | ")} |`);
  }
} finally {
  await closeDb();
  await database.stop();
}
