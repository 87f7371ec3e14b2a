import { once } from "node:events";
import { Agent, request } from "node:http";

export interface LoadedCall {
  /** Of the answer, for its record. */
  requestId: string;
  status: number;
  /** performance.now() before it was sent, and when the answer was complete. */
  startedAt: number;
  endedAt: number;
}

/** Clients that call without a pause, each over its own connection as long as that lasts. */
export class Load {
  readonly calls: LoadedCall[] = [];
  /** Codes of calls that had no answer: the connection broke. */
  readonly broken: string[] = [];
  readonly #agent: Agent;
  readonly #clients: Promise<void>[] = [];
  #stopped = false;

  constructor(address: string, path: string, headers: [string, string][], clients: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: clients });
    const url = new URL(path, address);
    const options = { agent: this.#agent, headers: Object.fromEntries(headers), timeout: 15_000 };
    for (let i = 0; i < clients; i += 1) this.#clients.push(this.#run(url, options));
  }

  /** Waits until so many calls more have been answered. */
  async more(count: number): Promise<void> {
    const wanted = this.calls.length + count;
    while (this.calls.length < wanted) await new Promise((go) => setImmediate(go));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  /** Answers other than this status. */
  others(status = 200): LoadedCall[] {
    return this.calls.filter((call) => call.status !== status);
  }

  async #run(url: URL, options: object): Promise<void> {
    while (!this.#stopped) {
      const startedAt = performance.now();
      try {
        const req = request(url, options);
        req.once("timeout", () => req.destroy(Object.assign(new Error("no answer"), { code: "NO_ANSWER" })));
        req.end();
        const [res] = await once(req, "response");
        for await (const _ of res);
        const requestId = res.headers["x-request-id"] ?? "";
        this.calls.push({ requestId, status: res.statusCode, startedAt, endedAt: performance.now() });
      } catch (error) {
        this.broken.push(error instanceof Error && "code" in error ? String(error.code) : "unknown");
      }
    }
  }
}
