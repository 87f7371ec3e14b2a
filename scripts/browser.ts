import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { Failure } from "./failure.ts";

export interface Browser {
  /** undefined: Playwright's own download. */
  executablePath: string | undefined;
  env: Record<string, string>;
}

/** The browser of the tests, in this order: CHROMIUM_PATH, Playwright's own download, the system's, the packaged one. */
export async function browser(): Promise<Browser> {
  const env = { ...process.env } as Record<string, string>;
  if (process.env.CHROMIUM_PATH) return { executablePath: process.env.CHROMIUM_PATH, env };
  const { chromium } = await import("@playwright/test");
  if (existsSync(chromium.executablePath())) return { executablePath: undefined, env };
  if (existsSync("/usr/bin/chromium")) return { executablePath: "/usr/bin/chromium", env };
  return packaged(env);
}

/** The headless Chromium of the npm package, unpacked once below node_modules with the libraries and fonts that it brings. */
function packaged(env: Record<string, string>): Browser {
  const home = dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const cache = join(import.meta.dirname, "../node_modules/.cache/portico");
  const directory = join(cache, `chromium-${version}`);
  if (!existsSync(directory)) unpack(join(home, "bin"), directory, cache);
  return {
    executablePath: join(directory, "chromium"),
    env: {
      ...env,
      // NSS and expat for a system without them; a system that has them keeps its own.
      LD_LIBRARY_PATH: [env.LD_LIBRARY_PATH, join(directory, "lib")].filter(Boolean).join(":"),
      ...(!existsSync("/etc/fonts/fonts.conf") && { FONTCONFIG_PATH: directory }),
    },
  };
}

function unpack(bin: string, directory: string, cache: string): void {
  const draft = join(cache, `unpacking-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  for (const name of readdirSync(bin)) {
    const content = brotliDecompressSync(readFileSync(join(bin, name)));
    if (name === "chromium.br") writeFileSync(join(draft, "chromium"), content, { mode: 0o755 });
    else {
      const { status, stderr } = spawnSync("tar", ["-x", "-C", draft], { input: content });
      if (status !== 0) throw new Failure(`${name} of @sparticuz/chromium cannot be unpacked: ${stderr}`);
    }
  }
  // The package's own file names directories of another system.
  writeFileSync(
    join(draft, "fonts.conf"),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(directory, "fonts")}</dir>
  <cachedir>${join(directory, "fonts-cache")}</cachedir>
</fontconfig>
`,
  );
  try {
    renameSync(draft, directory);
  } catch (error) {
    // Another run was faster: its copy is as good.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
}
