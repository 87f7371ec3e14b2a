import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { filled, firstOf, type Plan, pause, piecesOf } from "./soak-plan.ts";

export interface HostileBackend {
  url: string;
  /** Connections that are open. */
  readonly open: number;
  /** What the gateway sent and must not have. */
  faults: string[];
  /** Tells what to do in a call; resolves when its headers have come. */
  expect(plan: Plan): Promise<void>;
  stop(): Promise<void>;
}

/** A backend that does in each call what its plan says, by the X-Nonce of the request, and reads requests strictly. */
export async function startHostileBackend(): Promise<HostileBackend> {
  const plans = new Map<string, { plan: Plan; seen: () => void }>();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    socket.on("error", () => undefined);
    new Session(socket, plans, backend.faults).start();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const backend: HostileBackend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get open() {
      return sockets.size;
    },
    faults: [],
    expect: (plan) => new Promise((seen) => plans.set(plan.nonce, { plan, seen })),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return backend;
}

/** One connection: request after request, each read to its end before the next. */
class Session {
  readonly #socket: Socket;
  readonly #plans: Map<string, { plan: Plan; seen: () => void }>;
  readonly #faults: string[];
  #buffered = Buffer.alloc(0);
  #ended = false;
  #more: (() => void) | undefined;

  constructor(socket: Socket, plans: Map<string, { plan: Plan; seen: () => void }>, faults: string[]) {
    this.#socket = socket;
    this.#plans = plans;
    this.#faults = faults;
    socket.on("data", (piece: Buffer) => {
      this.#buffered = Buffer.concat([this.#buffered, piece]);
      this.#more?.();
    });
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#more?.();
      });
    }
  }

  async start(): Promise<void> {
    while (await this.#one());
    this.#socket.end();
  }

  /** One request and its answer; false when the connection ends. */
  async #one(): Promise<boolean> {
    const head = await this.#until("\r\n\r\n");
    if (head === undefined) return false;
    const nonce = /\r\nx-nonce: (\S+)\r\n/i.exec(head)?.[1] ?? "";
    const known = this.#plans.get(nonce);
    if (!known || !/^[A-Z]+ \/soak HTTP\/1\.1\r\n/.test(head)) {
      this.#faults.push(`not a request: ${JSON.stringify(head.slice(0, 300))}`);
      return false;
    }
    known.seen();
    const { plan } = known;
    if (!head.startsWith(`${plan.method} `)) this.#faults.push(`${nonce}: another method`);
    const reading = this.#readBody(head, plan);
    if (!plan.answer.early) await reading;
    const goesOn = await this.#answer(plan);
    return (await reading) && goesOn;
  }

  /** False when the body did not come to its end. */
  async #readBody(head: string, { nonce, request }: Plan): Promise<boolean> {
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1];
    const chunked = /\r\ntransfer-encoding: chunked\r\n/i.test(head);
    if (chunked && length !== undefined) this.#faults.push(`${nonce}: framed twice`);
    const body = chunked ? await this.#chunks() : await this.#exactly(Number(length ?? 0));
    if (body === undefined) return false;
    if (!body.equals(filled(`q${nonce}`, request.length))) this.#faults.push(`${nonce}: another body`);
    return true;
  }

  async #answer({ nonce, method, answer }: Plan): Promise<boolean> {
    const { status, framing, breaks } = answer;
    const socket = this.#socket;
    if (breaks === "before") return this.#reset();
    if (answer.interim > 0) socket.write("HTTP/1.1 103 Early Hints\r\nX-Hint: a\r\n\r\n".repeat(answer.interim));
    let head = `HTTP/1.1 ${status} Whatever\r\nX-Nonce: ${nonce}\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n`;
    if (breaks === "head") {
      socket.write(head);
      await pause(answer.pauseMs);
      return this.#reset();
    }
    // A connection that goes without a word behind a whole answer is another test's (steps/invoke.test.ts).
    const closes = answer.closes || framing === "close" || breaks === "body";
    if (closes) head += "Connection: close\r\n";
    if (status !== 204 && framing === "length") head += `Content-Length: ${answer.length}\r\n`;
    if (status !== 204 && framing === "chunked") head += "Transfer-Encoding: chunked\r\n";
    socket.write(`${head}\r\n`);
    if (method !== "HEAD" && status !== 204) {
      const body = filled(nonce, answer.length);
      const sent = breaks === "body" ? body.subarray(0, body.length / 2) : body;
      for (const piece of piecesOf(sent, answer.pieces)) {
        if (framing === "chunked") socket.write(`${piece.length.toString(16)};x=y\r\n`);
        const room = socket.write(piece);
        if (framing === "chunked") socket.write("\r\n");
        if (!room && !socket.destroyed) await firstOf(socket, "drain", "close");
        if (answer.pauseMs > 0) await pause(answer.pauseMs);
      }
      if (breaks === "body") return this.#reset();
      if (framing === "chunked") socket.write("0\r\nX-Trailer: t\r\n\r\n");
    } else if (breaks === "body") return this.#reset();
    if (closes) socket.end();
    return !closes;
  }

  #reset(): boolean {
    this.#socket.resetAndDestroy();
    return false;
  }

  async #chunks(): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    for (;;) {
      const line = await this.#until("\r\n");
      if (line === undefined) return undefined;
      if (!/^[0-9a-f]+\r\n$/.test(line)) this.#faults.push(`no chunk: ${JSON.stringify(line.slice(0, 100))}`);
      const length = Number.parseInt(line, 16);
      const data = await this.#exactly(length);
      const end = await this.#exactly(2);
      if (!data || !end) return undefined;
      if (end.toString("latin1") !== "\r\n") this.#faults.push("a chunk without an end");
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(data);
    }
  }

  async #until(mark: string): Promise<string | undefined> {
    for (let at = this.#buffered.indexOf(mark); ; at = this.#buffered.indexOf(mark)) {
      if (at >= 0) return (await this.#exactly(at + mark.length))?.toString("latin1");
      if (!(await this.#wait())) return undefined;
    }
  }

  async #exactly(length: number): Promise<Buffer | undefined> {
    while (this.#buffered.length < length) if (!(await this.#wait())) return undefined;
    const taken = this.#buffered.subarray(0, length);
    this.#buffered = this.#buffered.subarray(length);
    return taken;
  }

  /** False when nothing more will come. */
  async #wait(): Promise<boolean> {
    if (this.#ended) return false;
    const before = this.#buffered.length;
    await new Promise<void>((go) => {
      this.#more = go;
    });
    this.#more = undefined;
    return this.#buffered.length > before;
  }
}
