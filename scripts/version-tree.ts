import { execFileSync } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./child.ts";

/** Why a commit cannot be run here: a clone without history, or none at all; null: it can. */
export function whyNoVersion(commit: string): string | null {
  try {
    execFileSync("git", ["cat-file", "-e", `${commit}^{commit}`], { cwd: root, stdio: "pipe" });
    return null;
  } catch {
    return `the history of this clone does not reach back to ${commit.slice(0, 7)}`;
  }
}

/**
 * Unpacks the tree of a commit into a directory of its own, with its database client generated, to be run with the
 * packages of this one. The caller removes it.
 */
export function unpackVersion(commit: string): string {
  const directory = mkdtempSync(join(tmpdir(), "portico-version-"));
  const archive = execFileSync("git", ["archive", commit], { cwd: root, maxBuffer: 256 * 1024 * 1024 });
  execFileSync("tar", ["-x", "-C", directory], { input: archive });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  // Its own lock and cache lie in node_modules: generated without them.
  const schema = ["--schema", join(directory, "prisma/schema.prisma")];
  execFileSync(process.execPath, [join(root, "node_modules/prisma/build/index.js"), "generate", ...schema], {
    cwd: directory,
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true", CHECKPOINT_DISABLE: "1" },
    stdio: "pipe",
  });
  return directory;
}
