import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runChild } from "./child.ts";
import { withLock } from "./lock-file.ts";
import type { LogFile } from "./log-file.ts";
import { treeHash } from "./tree-hash.ts";

const record = join(root, ".next/source.sha256");
const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "instrumentation.ts",
  "proxy.ts",
  "prisma/schema.prisma",
  "next.config.js",
  "postcss.config.js",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];
/** Neither tests nor what is generated from the schema changes the build. */
const skip = (path: string) => /\.test\.tsx?$/.test(path) || path.startsWith("lib/db/generated/");

const sourceHash = () => treeHash(root, SOURCES, skip);

/** Whether .next holds a production build of the sources as they are now. */
export const isBuilt = (): boolean =>
  existsSync(join(root, ".next/BUILD_ID")) && existsSync(record) && readFileSync(record, "utf8") === sourceHash();

/** Builds the portal when there is no build or it is outdated. Needs no database. Says whether it built. */
export async function buildPortal(log: LogFile, signal?: AbortSignal): Promise<boolean> {
  if (isBuilt()) return false;
  return withLock(join(root, "node_modules/.cache/portico/build.lock"), async () => {
    // Whoever held the lock before us may have built these very sources.
    if (isBuilt()) return false;
    const hash = sourceHash();
    const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
    await runChild({ name: "next build", args: ["node_modules/next/dist/bin/next", "build"], env, log }, signal);
    writeFileSync(record, hash);
    return true;
  });
}
