import { once } from "node:events";
import { Agent, type RequestOptions, request } from "node:http";

export interface Kind {
  name: string;
  path: string;
  headers: Record<string, string>;
}

/** One client of each kind that calls without a pause, over connections that it keeps, where the balancer sends it. */
export class Callers {
  /** Answered calls by kind and status: "pair 200". */
  readonly answered = new Map<string, number>();
  readonly broken: string[] = [];
  /** Calls of the present target that were answered. */
  sinceMoved = 0;
  #target: string;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #clients: Promise<void>[];
  #stopped = false;

  constructor(target: string, kinds: readonly Kind[]) {
    this.#target = target;
    this.#clients = kinds.map((kind) => this.#run(kind));
  }

  /** Every call from now on goes there; those that are under way end where they are. */
  move(target: string): void {
    this.#target = target;
    this.sinceMoved = 0;
  }

  /** Waits until the present target has answered so many calls. */
  async until(calls: number): Promise<void> {
    while (this.sinceMoved < calls) await new Promise((go) => setTimeout(go, 10));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  get total(): number {
    return [...this.answered.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Everything but 200. */
  failed(): string[] {
    return [...this.answered.keys()].filter((key) => !key.endsWith(" 200")).concat(this.broken);
  }

  async #run({ name, path, headers }: Kind): Promise<void> {
    while (!this.#stopped) {
      const target = this.#target;
      try {
        const status = await statusOf(new URL(path, target), { agent: this.#agent, headers });
        const key = `${name} ${status}`;
        this.answered.set(key, (this.answered.get(key) ?? 0) + 1);
        if (target === this.#target) this.sinceMoved += 1;
      } catch (error) {
        this.broken.push(`${name}: ${error instanceof Error ? error.message : "unknown"}`);
      }
      // An ordinary client, not a flood: what is looked for is one failed call, and the machine has other work.
      await new Promise((go) => setTimeout(go, 2));
    }
  }
}

/** Status of one call, its answer read to the end. */
export async function statusOf(url: URL, options: RequestOptions): Promise<number> {
  const req = request(url, { timeout: 20_000, ...options });
  req.once("timeout", () => req.destroy(new Error("no answer in 20 s")));
  req.end();
  const [res] = await once(req, "response");
  for await (const _ of res);
  return res.statusCode;
}
