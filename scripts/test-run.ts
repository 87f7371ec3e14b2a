import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endOf, leashed, root, startChild, stopChild } from "./child.ts";
import { clusterDirectory, freePort } from "./embedded-postgres.ts";
import { Failure } from "./failure.ts";
import { generateClient } from "./generate.ts";
import { LogFile } from "./log-file.ts";

/** The installation has to finish what it does, Postgres last. */
const STOP_PATIENCE_MS = 30_000;

/** One run of the tests: its directory, its counts, and the installation that end-to-end and conformance tests share. */
export class TestRun {
  passed = 0;
  failed = 0;
  /** Removed at the end, with the data directory in it. */
  readonly directory = mkdtempSync(join(tmpdir(), "portico-test-run-"));
  readonly signal: AbortSignal;
  #stack: ChildProcess | undefined;
  #stackEnv: NodeJS.ProcessEnv | undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    // For root, the account that runs Postgres has to get through to the data directory.
    chmodSync(this.directory, 0o711);
  }

  /** What every step needs: the database client and the types of routes. */
  async prepare(): Promise<void> {
    await generateClient();
    await this.node(["node_modules/next/dist/bin/next", "typegen"], { quiet: true });
  }

  /** Runs a tool with our Node and shows its output; it stops when we are gone. Throws a Failure when it does not end with 0. */
  async node(args: string[], options: { env?: Partial<NodeJS.ProcessEnv>; quiet?: boolean } = {}): Promise<void> {
    this.signal.throwIfAborted();
    const child = spawn(process.execPath, [...leashed, ...args], {
      cwd: root,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...options.env },
      stdio: ["ignore", options.quiet ? "ignore" : "inherit", "inherit", "ipc"],
    });
    const abort = () => child.kill("SIGTERM");
    this.signal.addEventListener("abort", abort);
    await once(child, "exit");
    this.signal.removeEventListener("abort", abort);
    this.signal.throwIfAborted();
    if (child.exitCode !== 0) throw new Failure(`${args.slice(0, 2).join(" ")} ended with ${endOf(child)}`);
  }

  /** Runs vitest and counts. `extra` are its arguments. */
  async vitest(extra: string[], env: Partial<NodeJS.ProcessEnv> = {}): Promise<void> {
    const output = join(this.directory, `vitest-${this.passed}.json`);
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${output}`];
    try {
      await this.node(["node_modules/vitest/vitest.mjs", "run", ...reporters, ...extra], { env });
    } finally {
      if (existsSync(output)) {
        const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(output, "utf8"));
        this.passed += numPassedTests;
        this.failed += numFailedTests;
      }
    }
  }

  /** Runs Playwright and counts. */
  async playwright(env: NodeJS.ProcessEnv): Promise<void> {
    const output = join(this.directory, "e2e.json");
    try {
      await this.node(["node_modules/@playwright/test/cli.js", "test"], {
        env: { ...env, E2E_OUTPUT: join(this.directory, "e2e"), PLAYWRIGHT_JSON_OUTPUT_NAME: output },
      });
    } finally {
      if (existsSync(output)) {
        const { stats } = JSON.parse(readFileSync(output, "utf8"));
        this.passed += stats.expected;
        this.failed += stats.unexpected + stats.flaky;
      }
    }
  }

  /** A log file of this run. */
  log(name: string): LogFile {
    return new LogFile(join(this.directory, `${name}.log`));
  }

  /** The environment that names a running installation of this run's own; started when first asked for. */
  async installation(): Promise<NodeJS.ProcessEnv> {
    this.#stackEnv ??= await this.#start();
    return this.#stackEnv;
  }

  async #start(): Promise<NodeJS.ProcessEnv> {
    const [portal, gateway, sample] = [await freePort(), await freePort(), await freePort()];
    const dataDir = join(this.directory, "data");
    const own = {
      DATA_DIR: dataDir,
      HOST: "127.0.0.1",
      PORT: String(portal),
      GATEWAY_HOST: "127.0.0.1",
      GATEWAY_PORT: String(gateway),
      SAMPLE_PORT: String(sample),
      GATEWAY_ADMIN_PORT: "0",
      // Backends and definitions of the tests are on this machine.
      BACKEND_ALLOW: "127.0.0.0/8,::1/128",
      IMPORT_ALLOW: "127.0.0.0/8,::1/128",
      // The conformance suite fails on purpose, hundreds of times from one address.
      GATEWAY_FAILURES_MAX: "1000000",
      // Everybody in the journeys comes from one address.
      ADDRESS_FAILURES_MAX: "1000000",
      SIGN_UPS_MAX: "1000000",
      PORTAL_URL: `http://localhost:${portal}`,
      GATEWAY_URL: `http://localhost:${gateway}`,
      SEED: "sample",
      LOG_LEVEL: "warn",
    };
    // A developer's own database and secrets stay out of it.
    const { DATABASE_URL, PEPPER, SEAL_KEY, SESSION_SECRET, EXPLORE_KEY, ...outer } = process.env;
    const log = this.log("installation");
    const child = startChild({
      name: "installation",
      args: [join(root, "scripts/start.ts")],
      env: { ...outer, ...own } as NodeJS.ProcessEnv,
      log,
    });
    this.#stack = child;
    const ready = new Promise<string>((resolve, reject) => {
      child.on("message", (message: { databaseUrl: string }) => resolve(message.databaseUrl));
      child.once("exit", () => reject(new Failure(`the installation ended (${endOf(child)}): ${log.lastLine}`)));
      this.signal.addEventListener("abort", () => reject(this.signal.reason));
    });
    const databaseUrl = await ready;
    const secrets = JSON.parse(readFileSync(join(dataDir, "secrets.json"), "utf8"));
    return {
      ...own,
      ...secrets,
      DATABASE_URL: databaseUrl,
      TARGET: `http://127.0.0.1:${gateway}`,
    };
  }

  /** Stops the installation and removes the run's directory. */
  async cleanUp(): Promise<void> {
    if (this.#stack) await stopChild(this.#stack, STOP_PATIENCE_MS);
    // It may lie elsewhere, where that account cannot reach the directory for temporary files.
    rmSync(clusterDirectory(join(this.directory, "data")), { recursive: true, force: true });
    rmSync(this.directory, { recursive: true, force: true });
  }
}
