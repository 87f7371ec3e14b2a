import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { installationSecrets } from "#lib/env.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { makeApplication, makeCredential, makePlace, publish } from "#lib/test-kit/gateway-fixture.ts";
import { freePort } from "./embedded-postgres.ts";

ownDatabase();
const databaseUrl = () => process.env.DATABASE_URL ?? "";
const scratch = mkdtempSync(join(tmpdir(), "portico-bad-start-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs scripts/start in a data directory of its own until it ends. */
async function start(name: string, settings: Record<string, string>) {
  const dataDir = join(scratch, name);
  const { DATABASE_URL, PEPPER, SEAL_KEY, SESSION_SECRET, EXPLORE_KEY, ...outer } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, "start.ts")], {
    env: {
      ...outer,
      DATA_DIR: dataDir,
      SEED: "none",
      PORT: String(await freePort()),
      GATEWAY_PORT: String(await freePort()),
      SAMPLE_PORT: String(await freePort()),
      GATEWAY_ADMIN_PORT: String(await freePort()),
      ...settings,
    } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stdout.resume();
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, "close");
  return { code, stderr, dataDir };
}

/** One line that matches, exit code 1, and no lock left behind. */
function expectRefusal({ code, stderr, dataDir }: Awaited<ReturnType<typeof start>>, line: RegExp) {
  expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(line)]);
  expect(code).toBe(1);
  expect(existsSync(join(dataDir, "lock"))).toBe(false);
}

for (const setting of ["PORT", "GATEWAY_PORT", "SAMPLE_PORT", "GATEWAY_ADMIN_PORT"]) {
  test(`a ${setting} in use is one line that names it, before anything starts`, async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const result = await start(setting, { [setting]: String(port) });
    server.close();
    expectRefusal(result, new RegExp(`port ${port} is in use: .*set ${setting}`));
    expect(readdirSync(result.dataDir)).toEqual(["logs"]);
  });
}

test("the same port given twice is one line that names both settings", async () => {
  const port = String(await freePort());
  expectRefusal(await start("twice", { PORT: port, GATEWAY_PORT: port }), /PORT and GATEWAY_PORT are both/);
});

test("a port that is no number is one line that names the setting", async () => {
  expectRefusal(await start("not-a-number", { PORT: "http" }), /PORT/);
});

test("a data directory that cannot be written is one line", async () => {
  const file = join(scratch, "a-file");
  writeFileSync(file, "");
  expectRefusal(await start("unwritable", { DATA_DIR: join(file, "data") }), /DATA_DIR .* cannot be written/);
});

test("an unreachable DATABASE_URL is one line with its place and without its password", async () => {
  const port = await freePort();
  const url = `postgresql://portico:hunter2-hunter2@127.0.0.1:${port}/portico`;
  const result = await start("unreachable", { DATABASE_URL: url });
  expectRefusal(result, new RegExp(`DATABASE_URL cannot be reached \\(127.0.0.1:${port}/portico\\): .*ECONNREFUSED`));
  expect(result.stderr).not.toContain("hunter2");
});

test("a DATABASE_URL that is none is one line", async () => {
  expectRefusal(await start("no-url", { DATABASE_URL: "localhost" }), /DATABASE_URL must start with postgres:/);
});

test("an example secret is refused, and its value is not repeated (T40)", async () => {
  const value = "change-me-change-me-change-me-change-me";
  const result = await start("example", { PEPPER: value });
  expectRefusal(result, /PEPPER is an example value/);
  expect(result.stderr).not.toContain(value);
});

test.each(["PEPPER", "SEAL_KEY"] as const)(
  "a %s that the rows of the database do not name is refused (F20)",
  async (name) => {
    const place = await makePlace();
    await makeCredential(await makeApplication(place));
    const backend = { authKind: "basic" as const, username: "u", password: "p" };
    await publish({ place, backendUrl: "http://127.0.0.1:1", basePath: "/w", operations: [], backend });
    const wrong = randomBytes(32).toString("base64url");
    const result = await start(`wrong-${name}`, {
      ...installationSecrets(),
      DATABASE_URL: databaseUrl(),
      [name]: wrong,
    });
    expectRefusal(
      result,
      new RegExp(`${name} is the key [0-9a-f]{8}, and .* name another \\([0-9a-f]{8}\\).*restore ${name}`),
    );
    expect(result.stderr).not.toContain(wrong);
  },
);

test("a short secret is refused", async () => {
  expectRefusal(
    await start("short", { SESSION_SECRET: "changeme" }),
    /SESSION_SECRET must have at least 32 characters/,
  );
});
