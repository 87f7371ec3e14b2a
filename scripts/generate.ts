import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Failure, failureLine } from "./failure.ts";
import { withLock } from "./lock-file.ts";
import { treeHash } from "./tree-hash.ts";

const root = join(import.meta.dirname, "..");
const made = join(root, "lib/db/generated/schema.sha256");

/** Generates the database client when it is absent or made from another schema or generator. Says whether it did. */
export async function generateClient(): Promise<boolean> {
  const hash = treeHash(root, ["prisma/schema.prisma", "node_modules/prisma/package.json"]);
  const upToDate = () => existsSync(made) && readFileSync(made, "utf8") === hash;
  if (upToDate()) return false;
  return withLock(join(root, "node_modules/.cache/portico/generate.lock"), async () => {
    if (upToDate()) return false;
    await generate();
    writeFileSync(made, hash);
    return true;
  });
}

async function generate(): Promise<void> {
  try {
    await promisify(execFile)(
      process.execPath,
      [join(root, "node_modules/prisma/build/index.js"), "generate", "--schema", join(root, "prisma/schema.prisma")],
      // The generator needs no engine, and must not go and download one.
      {
        cwd: root,
        env: {
          ...process.env,
          PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true",
          CHECKPOINT_DISABLE: "1",
          PRISMA_HIDE_UPDATE_MESSAGE: "1",
        },
      },
    );
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Failure(`prisma generate failed: ${stderr?.trim().split("\n")[0] || failureLine(error)}`);
  }
}

if (import.meta.main) await generateClient();
