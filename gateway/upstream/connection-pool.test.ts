import { once } from "node:events";
import { type AddressInfo, createServer, connect as netConnect, type Server, type Socket } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { afterEach, expect, test } from "vitest";
import {
  type BackendRequest,
  BackendTimeoutError,
  ConnectionLostError,
  type Control,
  type ExchangeHandler,
} from "./connection.ts";
import { ConnectionPool, PoolBusyError, type PoolSettings } from "./connection-pool.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

interface Backend {
  port: number;
  /** Connections that were ever made. */
  sockets: Socket[];
  /** Everything that came, by connection. */
  received: string[];
}

/** A backend on a real socket: `react` gets all that a connection has received so far. */
async function backend(react: (text: string, socket: Socket) => void): Promise<Backend> {
  const made: Backend = { port: 0, sockets: [], received: [] };
  const server: Server = createServer((socket) => {
    const at = made.sockets.push(socket) - 1;
    made.received[at] = "";
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      made.received[at] += data.toString("latin1");
      react(made.received[at] ?? "", socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    for (const socket of made.sockets) socket.destroy();
    server.close();
  });
  return Object.assign(made, { port: (server.address() as AddressInfo).port });
}

function poolTo(port: number, over: Partial<PoolSettings> = {}): ConnectionPool {
  const settings = {
    connectionsMax: 4,
    idleMs: 60_000,
    idleMaxMs: 60_000,
    waitMs: 60_000,
    bodyTimeoutMs: 60_000,
    restMs: 1_000,
    ...over,
  };
  const pool = new ConnectionPool((done) => {
    const socket = netConnect(port, "127.0.0.1");
    const fail = (error: Error) => done(error, null);
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      done(null, socket);
    });
  }, settings);
  cleanups.push(() => pool.destroy());
  return pool;
}

interface Got {
  status: number;
  body: string;
  error: Error | undefined;
}

const get: BackendRequest = {
  ...{ method: "GET", path: "/a", headers: ["Host", "b"], body: null },
  ...{ headersTimeoutMs: 60_000, isAlone: false },
};

/** One exchange to its end; `onStart` and `onData` see it as it goes. */
function exchange(
  pool: ConnectionPool,
  request: BackendRequest,
  hooks: {
    isWanted?(): boolean;
    subject?: string;
    onWait?(leave: (reason: Error) => void): void;
    onStart?(control: Control): void;
    onEnd?(): void;
    onData?(chunk: Buffer, control: Control): void;
    fresh?: boolean;
  } = {},
): Promise<Got> {
  return new Promise((done) => {
    const got: Got = { status: 0, body: "", error: undefined };
    let control: Control | undefined;
    let ends = 0;
    const end = (error?: Error) => {
      ends += 1;
      if (ends > 1) throw new Error("an exchange ended twice");
      got.error = error;
      done(got);
    };
    const handler: ExchangeHandler = {
      subject: hooks.subject ?? "",
      onWait: (leave) => hooks.onWait?.(leave),
      isWanted: () => hooks.isWanted?.() ?? true,
      onStart: (given) => {
        control = given;
        hooks.onStart?.(given);
      },
      onInterim: () => undefined,
      onHead: (status) => {
        got.status = status;
      },
      onData: (chunk) => {
        got.body += chunk.toString("latin1");
        if (control) hooks.onData?.(chunk, control);
      },
      onEnd: () => {
        hooks.onEnd?.();
        end();
      },
      onError: end,
    };
    if (hooks.fresh) pool.dispatchFresh(request, handler);
    else pool.dispatch(request, handler);
  });
}

const answer = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const requestsIn = (text: string): number => text.split("\r\n\r\n").length - 1;

test("one connection carries one call after the other", async () => {
  const server = await backend((text, socket) => socket.write(answer(`call ${requestsIn(text)}`)));
  const pool = poolTo(server.port);
  expect([(await exchange(pool, get)).body, (await exchange(pool, get)).body]).toEqual(["call 1", "call 2"]);
  expect(server.sockets).toHaveLength(1);
  expect(server.received[0]).toContain("GET /a HTTP/1.1\r\nHost: b\r\nConnection: keep-alive\r\n\r\n");
});

test("calls at the same time have connections of their own, and past the bound they wait", async () => {
  const held: Socket[] = [];
  const server = await backend((_text, socket) => held.push(socket));
  const pool = poolTo(server.port, { connectionsMax: 2 });
  const calls = [exchange(pool, get), exchange(pool, get), exchange(pool, get)];
  await expect.poll(() => held.length).toBe(2);
  expect(pool.size).toBe(2);
  for (const socket of held.splice(0)) socket.write(answer("x"));
  await expect.poll(() => held.length).toBe(1);
  for (const socket of held) socket.write(answer("y"));
  expect((await Promise.all(calls)).map(({ body }) => body)).toEqual(["x", "x", "y"]);
  expect(server.sockets).toHaveLength(2);
});

test("an address holds three quarters of a backend's connections at most, and others are served at once (F1)", async () => {
  const held: Socket[] = [];
  const server = await backend((text, socket) => {
    if (text.includes("/own")) socket.write(answer("own"));
    else held.push(socket);
  });
  const pool = poolTo(server.port, { connectionsMax: 8 });
  const hogs = Array.from({ length: 9 }, () => exchange(pool, get, { subject: "hog" }));
  await expect.poll(() => [held.length, pool.size, pool.waiting]).toEqual([6, 6, 3]);
  const own = { ...get, path: "/own" };
  for (let i = 0; i < 3; i += 1) expect((await exchange(pool, own, { subject: "other" })).body).toBe("own");
  expect([held.length, pool.waiting]).toEqual([6, 3]);
  while (held.length > 0 || pool.waiting > 0) {
    held.shift()?.write(answer("x"));
    await new Promise(setImmediate);
  }
  for (const { body } of await Promise.all(hogs)) expect(body).toBe("x");
});

test("a connection that is free goes to the addresses that wait in turn (F1)", async () => {
  const order: string[] = [];
  const held: Socket[] = [];
  const server = await backend((_text, socket) => held.push(socket));
  const pool = poolTo(server.port, { connectionsMax: 1 });
  const first = exchange(pool, get);
  const calls = ["hog", "hog", "hog", "one", "two", "one"].map((subject) =>
    exchange(pool, get, { subject, onStart: () => order.push(subject) }),
  );
  for (let i = 0; i < 7; i += 1) {
    await expect.poll(() => held.length).toBe(1);
    held.shift()?.write(answer("x"));
  }
  await Promise.all([first, ...calls]);
  expect(order).toEqual(["hog", "one", "two", "hog", "one", "hog"]);
});

test("sixteen calls for each connection wait at most, twelve of one address, and the next is told at once (F1)", async () => {
  const server = await backend(() => undefined);
  const pool = poolTo(server.port, { connectionsMax: 1 });
  void exchange(pool, get);
  for (let i = 0; i < 12; i += 1) void exchange(pool, get, { subject: "hog" });
  expect((await exchange(pool, get, { subject: "hog" })).error).toBeInstanceOf(PoolBusyError);
  for (let i = 0; i < 4; i += 1) void exchange(pool, get, { subject: `other ${i}` });
  expect((await exchange(pool, get, { subject: "late" })).error).toBeInstanceOf(PoolBusyError);
  expect(pool.waiting).toBe(16);
});

test("a call that leaves waits no longer, and holds no place (F1, F2)", async () => {
  const server = await backend(() => undefined);
  const pool = poolTo(server.port, { connectionsMax: 1 });
  void exchange(pool, get);
  const gone = new Error("gone");
  for (let i = 0; i < 100; i += 1) {
    let leave: ((reason: Error) => void) | undefined;
    const call = exchange(pool, get, {
      subject: "hog",
      onWait: (given) => {
        leave = given;
      },
    });
    expect(pool.waiting).toBe(1);
    leave?.(gone);
    expect([(await call).error, pool.waiting]).toEqual([gone, 0]);
  }
});

test("a call that waited too long for a connection is told so", async () => {
  const server = await backend(() => undefined);
  const pool = poolTo(server.port, { connectionsMax: 1, waitMs: 30 });
  void exchange(pool, get);
  expect((await exchange(pool, get)).error).toBeInstanceOf(PoolBusyError);
});

test.each([
  ["says that it closes", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"],
  ["says more than was asked", `${answer("x")}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny`],
])("a connection on which the backend %s carries no second call", async (_name, text) => {
  const server = await backend((_received, socket) => socket.write(text));
  const pool = poolTo(server.port);
  expect([(await exchange(pool, get)).body, (await exchange(pool, get)).body]).toEqual(["x", "x"]);
  expect(server.sockets).toHaveLength(2);
});

test("what a backend says between two calls is not the answer to the next (T37)", async () => {
  const server = await backend((_text, socket) => socket.write(answer("right")));
  const pool = poolTo(server.port);
  await exchange(pool, get);
  server.sockets[0]?.write(answer("smuggled"));
  await expect.poll(() => pool.size).toBe(0);
  expect((await exchange(pool, get)).body).toBe("right");
});

const bodies: Record<string, () => BackendRequest["body"]> = {
  "no body": () => null,
  "a body": () => Buffer.from("hello"),
  "a body that streams": () => Readable.from([Buffer.from("hello")]),
};
const moments = ["waits for the connection", "comes in the same turn", "comes later"];

test.each(moments.flatMap((moment) => Object.keys(bodies).map((kind) => [kind, moment] as const)))(
  "what a backend says beyond its answer is nobody's: a call with %s that %s goes to another connection (F7)",
  async (kind, moment) => {
    const server = await backend((text, socket) => {
      if (/ \/own [\s\S]*(?:hello|\r\n\r\n$)/.test(text)) socket.write(answer("own"));
      else if (text.includes(" /first ")) socket.write(answer("first"));
    });
    const pool = poolTo(server.port, { connectionsMax: 1 });
    const body = bodies[kind]?.() ?? null;
    const own = () => exchange(pool, { ...get, method: body ? "POST" : "GET", path: "/own", body });
    let second: Promise<Got> | undefined;
    // It is there to be read in the turn in which the answer ended, or in which the next call comes.
    const stray = () => void server.sockets[0]?.write(answer("stray"));
    const first = exchange(
      pool,
      { ...get, path: "/first" },
      {
        onEnd: () => {
          if (moment !== "comes later") stray();
          if (moment === "comes in the same turn") second = own();
        },
      },
    );
    if (moment === "waits for the connection") second = own();
    expect((await first).body).toBe("first");
    if (moment === "comes later") {
      for (let turns = 0; turns < 3; turns += 1) await new Promise(setImmediate);
      stray();
      second = own();
    }
    const got = await second;
    expect([got?.status, got?.body, got?.error, server.sockets.length]).toEqual([200, "own", undefined, 2]);
    expect(server.received[0]).not.toContain("/own");
  },
);

test("what fills the last read of an answer and goes on is nobody's (F7)", async () => {
  const server = await backend((text, socket) => {
    if (text.includes("/own")) socket.write(answer("own"));
    // To the byte what one read takes; the rest is read in the same turn.
    else socket.write(answer("x".repeat(65_536 - answer("").length - 4)) + answer("stray"));
  });
  const pool = poolTo(server.port, { connectionsMax: 1 });
  const calls = [exchange(pool, get), exchange(pool, { ...get, method: "POST", path: "/own", body: Buffer.from("a") })];
  expect((await Promise.all(calls)).map(({ body }) => body.slice(0, 5))).toEqual(["xxxxx", "own"]);
});

test("a request that goes to another connection is given up when nobody waits for it (F7)", async () => {
  const server = await backend((_text, socket) => socket.write(answer("x")));
  const pool = poolTo(server.port);
  await exchange(pool, get);
  await new Promise(setImmediate);
  server.sockets[0]?.write(answer("stray"));
  let wanted = true;
  const gone = exchange(pool, get, {
    isWanted: () => wanted,
    onStart: () => {
      wanted = false;
    },
  });
  expect((await gone).error).toBeInstanceOf(Error);
  expect((await exchange(pool, get)).body).toBe("x");
});

const bodiless = ["HEAD 200 length", "HEAD 200 chunked", "HEAD 200", "GET 204", "GET 204 none", "GET 204 length"];
const strays = [...bodiless, "DELETE 204", "GET 304", "GET 304 length", "GET 304 chunked"];
const fields: Record<string, string> = {
  length: "Content-Length: 8\r\n",
  chunked: "Transfer-Encoding: chunked\r\n",
  none: "Content-Length: 0\r\n",
};

test.each(strays.flatMap((kind) => [0, 1, 10, 100].map((gapMs) => [kind, gapMs] as const)))(
  "a body after an answer that has none is nobody's: %s, %i ms later (F7)",
  async (kind, gapMs) => {
    const [method = "", status, framing = ""] = kind.split(" ");
    let strayed = false;
    const server = await backend((text, socket) => {
      if (text.trimEnd().split("\r\n\r\n").at(-1)?.includes(" /own ")) return void socket.write(answer("own"));
      socket.write(`HTTP/1.1 ${status} X\r\n${fields[framing] ?? ""}\r\n`);
      setTimeout(() => {
        strayed = true;
        socket.write(answer("stray"));
      }, gapMs);
    });
    const pool = poolTo(server.port);
    await exchange(pool, { ...get, method });
    const own = () => exchange(pool, { ...get, path: "/own" });
    // Callers follow one another until the body has come, and some more.
    const got: Got[] = [];
    while (!strayed) got.push(await own());
    for (let i = 0; i < 5; i += 1) got.push(await own());
    expect(got.filter(({ body, status: code }) => body !== "own" || code !== 200)).toEqual([]);
  },
);

test("a connection on which nothing came after a 204 carries calls again, and few of them rest (F7)", async () => {
  const none = "HTTP/1.1 204 No Content\r\n\r\n";
  const server = await backend((_text, socket) => socket.write(none));
  const rested = poolTo(server.port, { restMs: 5 });
  const calls = async () => (await exchange(rested, get)) && requestsIn(server.received[0] ?? "");
  await expect.poll(calls).toBeGreaterThan(1);

  const pool = poolTo(server.port, { connectionsMax: 100 });
  for (let i = 0; i < 40; i += 1) await exchange(pool, get);
  expect(pool.size).toBe(8);
  // Those that rest give their places to calls.
  const full = poolTo(server.port, { connectionsMax: 2, waitMs: 1_000 });
  for (let i = 0; i < 10; i += 1) expect((await exchange(full, get)).status).toBe(204);
  await Promise.all(Array.from({ length: 10 }, () => exchange(full, get)));
  expect(full.size).toBe(2);
});

test("a connection that broke while it was idle is told from one that never worked", async () => {
  let calls = 0;
  const server = await backend((_text, socket) => {
    calls += 1;
    if (calls === 1) socket.write(answer("first"));
    else socket.destroy();
  });
  const pool = poolTo(server.port);
  await exchange(pool, get);
  const { error } = await exchange(pool, get);
  expect(error).toBeInstanceOf(ConnectionLostError);
  expect((error as ConnectionLostError).wasUsed).toBe(true);
  const fresh = await exchange(pool, get, { fresh: true });
  expect((fresh.error as ConnectionLostError).wasUsed).toBe(false);
});

test("half an answer is an error (T37)", async () => {
  const server = await backend((_text, socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
  expect(await exchange(poolTo(server.port), get)).toMatchObject({ status: 200, error: { code: "BACKEND_INVALID" } });
});

test("a body without a length goes out in chunks, one with a length as it is", async () => {
  const server = await backend((text, socket) => {
    if (text.endsWith("0\r\n\r\n") || text.endsWith("hello")) socket.write(answer("ok"));
  });
  const pool = poolTo(server.port);
  await exchange(pool, { ...get, method: "POST", body: Readable.from([Buffer.from("he"), Buffer.from("llo")]) });
  expect(server.received[0]).toContain("Transfer-Encoding: chunked");
  expect(server.received[0]).toContain("\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
  const headers = ["Host", "b", "Content-Length", "5"];
  await exchange(pool, { ...get, method: "POST", headers, body: Readable.from([Buffer.from("hello")]) });
  expect(server.received[0]).toMatch(/Content-Length: 5\r\nConnection: keep-alive\r\n\r\nhello$/);
  await exchange(pool, { ...get, method: "POST", body: Buffer.from("hello") });
  expect(server.received[0]).toMatch(/Content-Length: 5\r\nConnection: keep-alive\r\n\r\nhello$/);
  expect(server.sockets).toHaveLength(1);
});

test("a body stops while the backend does not take it, and is dropped when the backend answers early", async () => {
  const server = await backend((_text, socket) => socket.pause());
  const pool = poolTo(server.port);
  let made = 0;
  const body = new Readable({
    highWaterMark: 65_536,
    read() {
      made += 65_536;
      this.push(Buffer.alloc(65_536));
    },
  });
  const call = exchange(pool, { ...get, method: "POST", body });
  let before = -1;
  await expect
    .poll(
      () => {
        const still = made > 65_536 && made === before;
        before = made;
        return still;
      },
      { interval: 100 },
    )
    .toBe(true);
  expect(made).toBeLessThan(32 * 1024 * 1024);
  server.sockets[0]?.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  expect((await call).status).toBe(413);
  expect(body.destroyed).toBe(true);
  // The backend still waits for the rest: nothing else may go out on it.
  expect(pool.size).toBe(0);
});

test("a body that breaks off breaks the call off", async () => {
  const server = await backend(() => undefined);
  const body = new PassThrough();
  const call = exchange(poolTo(server.port), { ...get, method: "POST", body });
  body.write("part");
  await expect.poll(() => server.received[0]).toContain("part");
  body.destroy(new Error("the client went away"));
  expect((await call).error?.message).toBe("the client went away");
});

test("a value with a line break is not sent (T9)", async () => {
  const server = await backend((_text, socket) => socket.write(answer("x")));
  const pool = poolTo(server.port);
  const { error } = await exchange(pool, { ...get, headers: ["Host", "b", "X-A", "1\r\nX-B: 2"] });
  expect(error?.message).toContain("line break");
  expect(server.received.join("")).toBe("");
});

test("limits of time: no answer, and an answer that stops", async () => {
  const server = await backend((text, socket) => {
    if (text.includes("/slow")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  });
  const pool = poolTo(server.port, { bodyTimeoutMs: 40 });
  const [silent, slow] = await Promise.all([
    exchange(pool, { ...get, headersTimeoutMs: 40 }),
    exchange(pool, { ...get, path: "/slow" }),
  ]);
  expect(silent.error).toBeInstanceOf(BackendTimeoutError);
  expect(slow).toMatchObject({ status: 200, body: "half", error: { code: "BACKEND_TIMEOUT" } });
});

test("a client that does not take the answer stops the backend, and is no time-out", async () => {
  const body = "x".repeat(8 * 1024 * 1024);
  const server = await backend((_text, socket) => socket.write(answer(body)));
  const pool = poolTo(server.port, { bodyTimeoutMs: 1_000 });
  let seen = 0;
  const { error } = await exchange(pool, get, {
    onData: (chunk, control) => {
      seen += chunk.length;
      control.pause();
      if (seen === chunk.length) setTimeout(() => control.resume(), 2_000);
      else control.resume();
    },
  });
  expect([error, seen]).toEqual([undefined, body.length]);
});

test("an exchange that is ended ends its connection", async () => {
  const server = await backend((_text, socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
  const pool = poolTo(server.port);
  const { error } = await exchange(pool, get, { onData: (_chunk, control) => control.abort(new Error("gone")) });
  expect(error?.message).toBe("gone");
  expect(pool.size).toBe(0);
});

test("a backend that says how long it keeps a connection is believed, a little less", async () => {
  const server = await backend((_text, socket) =>
    socket.write("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n"),
  );
  const pool = poolTo(server.port);
  await exchange(pool, get);
  await expect.poll(() => pool.size).toBe(0);
});

test("idle connections end, and a closed pool ends when its calls have", async () => {
  const held: Socket[] = [];
  const server = await backend((text, socket) => {
    if (text.includes("/hold")) held.push(socket);
    else socket.write(answer("x"));
  });
  const idle = poolTo(server.port, { idleMs: 20 });
  await exchange(idle, get);
  await expect.poll(() => idle.size).toBe(0);

  const pool = poolTo(server.port);
  const call = exchange(pool, { ...get, path: "/hold" });
  await expect.poll(() => held.length).toBe(1);
  const closed = pool.close();
  expect((await exchange(pool, get)).error).toMatchObject({ code: "BACKEND_CLOSED" });
  held[0]?.write(answer("late"));
  expect((await call).body).toBe("late");
  await closed;
  expect(pool.size).toBe(0);
});

test("a client that is slow with the last piece of its answer holds up no later call on the connection", async () => {
  const piece = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nlast\r\n0\r\n\r\n";
  const server = await backend((_text, socket) => socket.write(piece));
  const pool = poolTo(server.port);
  const first = await exchange(pool, get, { onData: (_chunk, control) => control.pause() });
  const second = await exchange(pool, get);
  expect([first.body, second.body, server.sockets.length]).toEqual(["last", "last", 1]);
});

test("calls that nobody waits for any more cost no connection, and those behind them get it", async () => {
  const held: Socket[] = [];
  const server = await backend((_text, socket) => held.push(socket));
  const pool = poolTo(server.port, { connectionsMax: 1 });
  const first = exchange(pool, get);
  const gone = [exchange(pool, get, { isWanted: () => false }), exchange(pool, get, { isWanted: () => false })];
  const last = exchange(pool, get);
  await expect.poll(() => held.length).toBe(1);
  held[0]?.write(answer("first"));
  for (const { error } of await Promise.all(gone)) expect(error).toBeInstanceOf(Error);
  await expect.poll(() => held.length).toBe(2);
  held[1]?.write(answer("last"));
  expect([(await first).body, (await last).body, server.sockets.length]).toEqual(["first", "last", 1]);
});

test("a call that nobody waits for when its connection is there leaves the connection to the next", async () => {
  const server = await backend((_text, socket) => socket.write(answer("x")));
  const pool = poolTo(server.port);
  expect((await exchange(pool, get, { isWanted: () => false })).error).toBeInstanceOf(Error);
  expect([(await exchange(pool, get)).body, server.sockets.length]).toEqual(["x", 1]);
  expect(requestsIn(server.received[0] ?? "")).toBe(1);
});

test("a head that comes byte by byte, and interim answers, win no time", async () => {
  const server = await backend((_text, socket) => {
    const drip = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"), 10);
    socket.on("close", () => clearInterval(drip));
  });
  const pool = poolTo(server.port, { waitMs: 20 });
  const { error } = await exchange(pool, { ...get, headersTimeoutMs: 100 });
  expect(error).toBeInstanceOf(BackendTimeoutError);
});
