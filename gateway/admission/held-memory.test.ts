import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { definition, startTestGateway, type TestGateway } from "#gateway/assembly/test-gateway.ts";
import { Admission } from "./admission.ts";
import { MemoryBudget } from "./memory-budget.ts";

// Bodies that are held whole have one budget for all, and an address has its share of it (T20, T21).

const MEGABYTE = 1024 * 1024;
const HELD_MB = 8;
/** A fourth of it. */
const SHARE = 2 * MEGABYTE;
const PARSE = "execute:\n  - parse: {}\n  - invoke: { title: call, target-url: $(target-url) }";
const VALIDATE = "x-portico: { validate-request: true }";

let t: TestGateway;
let path = "";
const open: Socket[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await t.stop();
});

async function start(assembly: string, more = ""): Promise<void> {
  t = await startTestGateway(new Admission({ heldMb: HELD_MB }));
  t.gateway.bodyBytesMax = MEGABYTE;
  const { source, basePath } = definition(assembly);
  const plain = source.slice(0, source.indexOf("x-ibm-configuration"));
  await t.put(more ? `${plain}${more}\n` : source);
  path = `/acme/sandbox${basePath}/open`;
}
const used = () => t.gateway.admission.heldBodies.used;

/** A call with what is there of its body, from an address; resolves to its answer. */
async function send(bytes: string | Buffer, from = "127.0.0.2", length = bytes.length, headers = ""): Promise<string> {
  const { hostname: host, port } = new URL(t.base);
  const socket = connect({ host, port: Number(port), localAddress: from });
  open.push(socket.on("error", () => undefined));
  await once(socket, "connect");
  socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${headers}`);
  socket.write(length < 0 ? "Transfer-Encoding: chunked\r\n\r\n" : `Content-Length: ${length}\r\n\r\n`);
  socket.write(length < 0 ? `${bytes.length.toString(16)}\r\n` : "");
  socket.write(bytes);
  const [data] = await Promise.race([once(socket, "data"), once(socket, "close")]);
  return String(data);
}
const statusOf = (answer: string): number => Number(answer.slice(9, 12));

test.each([
  ["that a policy reads", PARSE, "", 600_000, 700_000],
  ["that are checked against the definition", "execute: []", VALIDATE, 600_000, 700_000],
  ["in chunks that a policy reads", PARSE, "", 600_000, -1],
])(
  "bodies %s take an address's share and no more, the next is 503, and others are served (F2)",
  async (_what, assembly, more, bytes, length) => {
    await start(assembly, more);
    let most = 0;
    const body = Buffer.alloc(bytes, " ");
    const answers = Array.from({ length: 30 }, () => send(body, "127.0.0.2", length));
    const texts: string[] = [];
    for (const answer of answers) void answer.then((text) => texts.push(text));
    await expect
      .poll(() => {
        most = Math.max(most, used());
        return texts.length;
      })
      .toBeGreaterThanOrEqual(30 - Math.floor(SHARE / bytes));
    for (const text of texts)
      expect(text).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 1\r\n[\s\S]*"code":"OVERLOADED"/);
    expect(most).toBeLessThanOrEqual(SHARE);
    expect(used()).toBeGreaterThan(0);
    // Another address finds room, one without a body as well.
    expect(statusOf(await send('{"name":"a"}', "127.0.0.3"))).toBe(200);
    for (const socket of open) socket.destroy();
    await expect.poll(used).toBe(0);
    expect(statusOf(await send('{"name":"a"}', "127.0.0.2"))).toBe(200);
    await expect.poll(() => [used(), t.gateway.inFlight]).toEqual([0, 0]);
  },
);

test("all addresses together take the budget and no more (F2)", async () => {
  await start(PARSE);
  const body = Buffer.alloc(600_000, " ");
  let most = 0;
  let full = 0;
  for (let i = 0; i < 40; i += 1) {
    void send(body, `127.0.1.${1 + (i % 10)}`, 700_000).then((text) => {
      if (/OVERLOADED/.test(text)) full += 1;
    });
  }
  await expect
    .poll(() => {
      most = Math.max(most, used());
      return full;
    })
    .toBeGreaterThanOrEqual(40 - Math.floor((HELD_MB * MEGABYTE) / body.length));
  expect(most).toBeLessThanOrEqual(HELD_MB * MEGABYTE);
  for (const socket of open) socket.destroy();
  await expect.poll(used).toBe(0);
});

test.each([
  ["a policy", PARSE, ""],
  ["a check", "execute: []", VALIDATE],
])("what a body unpacks to for %s counts as well, and is given back (F2)", async (_what, assembly, more) => {
  await start(assembly, more);
  const bomb = gzipSync(`{"name":"${"a".repeat(900_000)}"}`);
  let most = 0;
  let done = false;
  const look = () => {
    most = Math.max(most, used());
    if (!done) setImmediate(look);
  };
  look();
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => send(bomb, "127.0.0.2", bomb.length, "Content-Encoding: gzip\r\n")),
  );
  done = true;
  const statuses = new Set(answers.map(statusOf));
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(statuses.has(200)).toBe(true);
  expect(most).toBeGreaterThanOrEqual(900_000);
  expect(most).toBeLessThanOrEqual(SHARE);
  for (const socket of open) socket.destroy();
  await expect.poll(used).toBe(0);
});

test("a backend's answer that a policy reads is held out of the same budget: 503, and given back (F2)", async () => {
  await start("execute:\n  - invoke: { title: call, target-url: $(target-url) }\n  - parse: {}");
  let most = 0;
  const ends: (() => void)[] = [];
  t.backend.answer = (req, res) => {
    req.resume();
    res.writeHead(200, { "content-type": "application/json", "content-length": "600002" });
    res.write(`"${"a".repeat(599_999)}`);
    ends.push(() => res.end('a"'));
  };
  const answers = Array.from({ length: 12 }, () => send("{}", "127.0.0.2"));
  let full = 0;
  for (const answer of answers)
    void answer.then((text) => {
      if (/OVERLOADED/.test(text)) full += 1;
    });
  await expect
    .poll(() => {
      most = Math.max(most, used());
      return full;
    })
    .toBeGreaterThanOrEqual(12 - Math.floor(SHARE / 600_000));
  for (const end of ends) end();
  expect(new Set((await Promise.all(answers)).map(statusOf))).toEqual(new Set([200, 503]));
  expect(most).toBeLessThanOrEqual(SHARE);
  await expect.poll(used).toBe(0);
});

test("a body longer than all of the budget is too large to be held, and not a matter of time (F2)", async () => {
  await start(PARSE);
  t.gateway.bodyBytesMax = 100 * MEGABYTE;
  expect(statusOf(await send(Buffer.alloc(9 * MEGABYTE, " "), "127.0.0.2"))).toBe(413);
  await expect.poll(used).toBe(0);
});

test("a held body counts until its backend answers, not until the answer has streamed (F2)", async () => {
  await start(PARSE);
  let end = () => undefined as unknown;
  let before = 0;
  t.backend.answer = (req, res) => {
    req.resume().on("end", () => {
      before = used();
      res.writeHead(200);
      res.write("begin");
      end = () => res.end();
    });
  };
  expect(statusOf(await send(`"${"a".repeat(500_000)}"`))).toBe(200);
  await expect.poll(() => [used(), t.gateway.inFlight]).toEqual([0, 1]);
  expect(before).toBeGreaterThanOrEqual(500_000);
  end();
});

const turn = () => new Promise(setImmediate);
const until = async (isSo: () => boolean) => {
  for (let turns = 0; turns < 20_000 && !isSo(); turns += 1) await turn();
};
/** A body that takes many turns to unpack. */
const large = `{"name":"${Array.from({ length: 90_000 }, (_, i) => (i * 2_654_435_761) % 1_000_003).join("")}"}`;
const packed = {
  gzip: gzipSync(large),
  deflate: deflateSync(large),
  br: brotliCompressSync(large, { params: {} }),
};
const CALL = "execute:\n  - invoke: { title: call, target-url: $(target-url), output: got }\n  - parse: {}";

/** Where a client leaves: what it has sent by then, and what it waits for. */
const leaving: [string, (body: Buffer) => Buffer | null, (body: Buffer) => Promise<void>][] = [
  ["after its head", () => null, turn],
  [
    "in the middle of its body",
    (body) => body.subarray(0, body.length / 2),
    (body) => until(() => used() >= body.length / 2),
  ],
  ["with the last of its body", (body) => body, async () => undefined],
  ["while its body is unpacked", (body) => body, (body) => until(() => used() > body.length + 100_000)],
  [
    "while a backend is called, or after it",
    (body) => body,
    async () => until(() => t.backend.calls.length > 0 || t.gateway.inFlight === 0),
  ],
];

test.each([
  ["a check", "execute: []", VALIDATE],
  ["a policy", PARSE, ""],
  ["a policy that calls a backend", CALL, ""],
])(
  "clients that leave at every point of a body for %s leave nothing taken, however often (F2)",
  async (_what, assembly, more) => {
    await start(assembly, more);
    t.gateway.bodyBytesMax = 2 * MEGABYTE;
    t.backend.answer = (req, res) => {
      // Some answers are under way when the client leaves.
      req.resume();
      res.writeHead(200, { "content-type": "application/json" });
      res.write('{"name":');
      setTimeout(() => res.end('"a"}'), 2);
    };
    const [{ hostname: host, port }, codings] = [new URL(t.base), Object.entries(packed)];
    for (const [, sends, comes] of leaving) {
      for (let i = 0; i < 24; i += 1) {
        const [coding, body] = codings[i % codings.length] as [string, Buffer];
        t.backend.calls.length = 0;
        const socket = connect({ host, port: Number(port), localAddress: "127.0.0.2" });
        open.push(socket.on("error", () => undefined));
        await once(socket, "connect");
        const framing = i % 2 === 0 ? `Content-Length: ${body.length}` : "Transfer-Encoding: chunked";
        const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Encoding: ${coding}\r\n`;
        const part = sends(body);
        socket.write(`${head}${framing}\r\n\r\n${part && i % 2 === 1 ? `${body.length.toString(16)}\r\n` : ""}`);
        if (part) socket.write(part);
        if (part === body && i % 2 === 1) socket.write("\r\n0\r\n\r\n");
        await comes(body);
        if (i % 3 === 0) socket.resetAndDestroy();
        else socket.destroy();
      }
    }
    await expect.poll(() => t.gateway.inFlight).toBe(0);
    // What came later in the queue of the unpackers has ended.
    for (const [coding, body] of codings) {
      const headers = `Content-Encoding: ${coding}\r\n`;
      expect(statusOf(await send(body, "127.0.0.3", body.length, headers))).toBe(200);
    }
    for (const socket of open) socket.destroy();
    await expect.poll(() => t.gateway.inFlight).toBe(0);
    expect(used()).toBe(0);
    await expect.poll(() => t.gateway.admission.shares.size).toBe(0);
  },
);

test("what a lease has taken goes back once, and nothing is taken after its end (F2)", async () => {
  await start(PARSE);
  const budget = new MemoryBudget(100);
  const holder = { heldBytes: 0 };
  const lease = budget.lease({ holder, bytesMax: 50 });
  const other = budget.lease();
  other.take(10);
  const part = lease.part();
  expect([lease.take(20), part.take(20), part.take(20), lease.take(11)]).toEqual([true, true, false, false]);
  let stops = 0;
  part.onEnd(() => {
    stops += 1;
  });
  const forget = lease.onEnd(() => {
    stops += 10;
  });
  forget();
  part.giveBack(30);
  expect([budget.used, holder.heldBytes]).toEqual([30, 20]);
  part.take(5);
  for (let i = 0; i < 3; i += 1) lease.end();
  part.giveBack(5);
  part.end();
  lease.giveBack(20);
  expect([lease.take(1), part.take(1), lease.part().take(1), part.ended, stops]).toEqual([
    false,
    false,
    false,
    true,
    1,
  ]);
  expect([budget.used, holder.heldBytes]).toEqual([10, 0]);
});
