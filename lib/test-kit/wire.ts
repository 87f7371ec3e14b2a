import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Stands between a process and Postgres, so that the database can go away, come back, hang, or lose its answers. */
export class Wire {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #loseAnswer: (() => void) | undefined;
  #hung = false;
  #recoveries = 0;
  #hangAt: { question: RegExp; hangs: () => void } | undefined;
  port = 0;

  constructor(url: string) {
    this.#target = new URL(url);
  }

  async up(): Promise<void> {
    this.#server = createServer((near) => {
      const far = connect(Number(this.#target.port), this.#target.hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
      }
      // One that was there while it hung stays dead, as behind a cable that was pulled.
      const born = this.#recoveries;
      const isDead = () => this.#hung || born !== this.#recoveries;
      near.on("data", (bytes) => {
        if (this.#hangAt?.question.test(bytes.toString("latin1"))) this.#hang();
        if (!isDead()) far.write(bytes);
      });
      near.on("end", () => far.end());
      far.on("end", () => near.end());
      far.on("data", (bytes) => {
        if (isDead()) return;
        if (!this.#loseAnswer) {
          near.write(bytes);
          return;
        }
        near.destroy();
        far.destroy();
        this.#loseAnswer();
        this.#loseAnswer = undefined;
      });
    });
    this.#server.listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (typeof address === "object" && address) this.port = address.port;
  }

  async down(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
    if (this.#server) await once(this.#server, "close");
    this.#server = undefined;
  }

  /** Cuts the next connection on which Postgres answers, in place of the answer; settles then. */
  loseNextAnswer(): Promise<void> {
    return new Promise((lost) => {
      this.#loseAnswer = lost;
    });
  }

  /** From the first question like this one on, no byte passes, and who connects is accepted all the same; settles then. */
  hangAt(question: RegExp): Promise<void> {
    return new Promise((hangs) => {
      this.#hangAt = { question, hangs };
    });
  }

  /** Connections that are made from now on are answered again. */
  recover(): void {
    this.#hung = false;
    this.#recoveries += 1;
  }

  #hang(): void {
    this.#hung = true;
    this.#hangAt?.hangs();
    this.#hangAt = undefined;
  }

  url(): string {
    const url = new URL(this.#target);
    url.port = String(this.port);
    return url.href;
  }
}
