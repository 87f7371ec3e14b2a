import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "#scripts/child.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { unpackVersion, whyNoVersion } from "#scripts/version-tree.ts";

/** The last version whose installations are out there. */
const OLD_VERSION = "6d82abc7e902a7663910987a1aa5d0b0224e8d8c";

/** Why the old version cannot be run here; null: it can. */
export const whyNoOldVersion = (): string | null => whyNoVersion(OLD_VERSION);

export interface RunningGateway {
  address: string;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
}

/** The tree of the old version in a directory of its own, run with the packages of this one. */
export class OldVersion {
  readonly directory = unpackVersion(OLD_VERSION);
  readonly #env: NodeJS.ProcessEnv;
  #portal: ChildProcess | undefined;
  #asked = 0;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    copyFileSync(join(import.meta.dirname, "old-portal.js"), join(this.directory, "scripts/old-portal.js"));
  }

  /** Starts the process that uses the old use cases. */
  async startPortal(): Promise<void> {
    const child = fork(join(this.directory, "scripts/old-portal.js"), {
      cwd: this.directory,
      env: this.#env,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#portal = child;
    await ready(child);
  }

  /** Runs a deed of old-portal.js; throws what the old use case threw. */
  async ask<T>(deed: "migrate" | "make" | "work", input: object = {}): Promise<T> {
    const portal = this.#portal;
    if (!portal) throw new Error("the old portal does not run");
    this.#asked += 1;
    const id = this.#asked;
    const answer = new Promise<T>((resolve, reject) => {
      const onMessage = (message: { id: number; result: T; error?: string }) => {
        if (message.id !== id) return;
        portal.off("message", onMessage);
        if (message.error !== undefined) reject(new Error(`the old version's ${deed}: ${message.error}`));
        else resolve(message.result);
      };
      portal.on("message", onMessage);
    });
    portal.send({ id, deed, input });
    return answer;
  }

  startGateway(): Promise<RunningGateway> {
    return startGateway(this.directory, this.#env);
  }

  async stopPortal(): Promise<void> {
    const portal = this.#portal;
    if (!portal) return;
    portal.disconnect();
    await once(portal, "exit");
    this.#portal = undefined;
  }

  async remove(): Promise<void> {
    await this.stopPortal();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The old version's gateway, two processes on one port; its data directory goes with the tree. */
async function startGateway(tree: string, outer: NodeJS.ProcessEnv): Promise<RunningGateway> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const env = {
    ...outer,
    DATA_DIR: join(tree, ".data"),
    GATEWAY_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    GATEWAY_ADMIN_PORT: String(adminPort),
  };
  const child = spawn(process.execPath, ["gateway/workers.ts", "--workers", "2"], {
    cwd: tree,
    env,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  await ready(child);
  const stop = async () => {
    child.kill("SIGTERM");
    const [code] = await ended;
    return code as number | null;
  };
  return { address: `http://127.0.0.1:${port}`, stop };
}

/** The whole of this version, started as an operator does, on the ports and with the data directory of `env`. */
export async function startInstallation(env: NodeJS.ProcessEnv): Promise<RunningGateway> {
  const child = spawn(process.execPath, [join(root, "scripts/start.ts")], {
    env,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  await ready(child);
  const stop = async () => {
    child.kill("SIGTERM");
    const [code] = await ended;
    return code as number | null;
  };
  return { address: `http://127.0.0.1:${env.GATEWAY_PORT}`, stop };
}

/** The first message says that it is ready. */
async function ready(child: ChildProcess): Promise<void> {
  const gone = new AbortController();
  const ended = once(child, "exit", { signal: gone.signal }).then(([code]) => {
    throw new Error(`ended with ${code} before it was ready`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(child, "message"), ended]);
  gone.abort();
}
