// Plain JavaScript, and nothing newer than Node 12: an older Node must be able to read it and to say what is missing.
// It runs scripts/<name>.ts with a Node that runs TypeScript: this one, or the one that `npm ci` installed.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "../node_modules");

/** Type stripping without a flag and without a warning needs 22.18. */
const [major, minor] = process.versions.node.split(".").map(Number);
const able = major > 22 || (major === 22 && minor >= 18);

// npm killed with SIGKILL tells nobody: whoever is re-parented stops as if asked to.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
  }, 500).unref();
}

/** Where the npm package `node` or npm itself may have put the project's own Node. */
function ownNode() {
  const nested = join(modules, "node/node_modules");
  const inside = (directory) =>
    existsSync(directory)
      ? readdirSync(directory)
          .filter((name) => name.startsWith("node-"))
          .map((name) => join(directory, name, "bin/node"))
      : [];
  return [join(modules, "node/bin/node"), ...inside(nested), ...inside(modules)].find((path) => existsSync(path));
}

const name = process.argv[2];

if (!existsSync(modules)) {
  console.error('The packages are not installed: run "npm ci" first.');
  process.exit(1);
}

if (able) {
  process.argv.splice(1, 2, join(here, `${name}.ts`));
  await import(pathToFileURL(process.argv[1]).href);
} else {
  const node = ownNode();
  if (!node) {
    console.error(
      `This is Node ${process.versions.node} and the project's own Node 24 is not installed: run "npm ci" (with its install scripts allowed: "npm install-scripts approve node"), or use Node 22.18 or newer.`,
    );
    process.exit(1);
  }
  // This same file once more: the child, too, has to notice when we are killed.
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}
