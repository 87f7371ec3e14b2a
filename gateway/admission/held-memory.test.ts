import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { definition, startTestGateway, type TestGateway } from "#gateway/assembly/test-gateway.ts";
import { Admission } from "./admission.ts";

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
  t.backend.answer = (req, res) => {
    req.resume().on("end", () => {
      res.writeHead(200);
      res.write("begin");
      end = () => res.end();
    });
  };
  expect(statusOf(await send(`"${"a".repeat(500_000)}"`))).toBe(200);
  await expect.poll(() => [used(), t.gateway.inFlight]).toEqual([0, 1]);
  end();
});
