import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type FixturePublished, publish } from "#lib/test-kit/gateway-fixture.ts";
import { open, sendRaw } from "./kit/client.ts";
import { operation, ownFixture } from "./kit/own-fixture.ts";
import { type OwnGateway, startGateway } from "./kit/own-gateway.ts";

let api: FixturePublished;
const fixture = ownFixture(async ({ place, backend }) => {
  const operations = [operation("GET", "/{any}"), operation("POST", "/{any}"), operation("GET", "/{any}/{more}")];
  api = await publish({ place, backendUrl: `${backend.url}/inside`, basePath: "/raw", operations });
});
beforeEach(() => {
  fixture.backend.calls.length = 0;
});

const NEXT = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
/** A request with these headers and this body, followed on the wire by what a smuggler would hide. */
const post = (headers: string, body = "") => `POST ${api.path}/x HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`;
const get = (target: string, headers = "Host: a") => `GET ${target} HTTP/1.1\r\n${headers}\r\n\r\n`;

describe("request smuggling (T1)", () => {
  test.each([
    ["length and chunked", "Content-Length: 4\r\nTransfer-Encoding: chunked", `0\r\n\r\n${NEXT}`],
    ["chunked and length", "Transfer-Encoding: chunked\r\nContent-Length: 4", `0\r\n\r\n${NEXT}`],
    ["two different lengths", "Content-Length: 4\r\nContent-Length: 5", `abcd${NEXT}`],
    ["the same length twice", "Content-Length: 4\r\nContent-Length: 4", `abcd${NEXT}`],
    ["a list of lengths", "Content-Length: 4, 4", `abcd${NEXT}`],
    ["a signed length", "Content-Length: +4", `abcd${NEXT}`],
    ["a negative length", "Content-Length: -1", NEXT],
    ["a hexadecimal length", "Content-Length: 0x4", `abcd${NEXT}`],
    ["a length with a space", "Content-Length: 1 0", `abcd${NEXT}`],
    ["an endless length", "Content-Length: 99999999999999999999", "abcd"],
    ["an empty length", "Content-Length:", `abcd${NEXT}`],
    ["chunked with a tab in front", "Transfer-Encoding:\tchunked\r\nContent-Length: 4", `0\r\n\r\n${NEXT}`],
    ["an unknown coding", "Transfer-Encoding: xchunked", `0\r\n\r\n${NEXT}`],
    ["identity", "Transfer-Encoding: identity", `abcd${NEXT}`],
    ["chunked twice", "Transfer-Encoding: chunked, chunked", `0\r\n\r\n${NEXT}`],
    ["chunked not last", "Transfer-Encoding: chunked, identity", `0\r\n\r\n${NEXT}`],
    ["gzip before chunked", "Transfer-Encoding: gzip, chunked", `0\r\n\r\n${NEXT}`],
    ["two transfer codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", `0\r\n\r\n${NEXT}`],
    ["an obfuscated coding", "Transfer-Encoding: \x0bchunked", `0\r\n\r\n${NEXT}`],
    ["a space before the colon", "Transfer-Encoding : chunked", `0\r\n\r\n${NEXT}`],
    ["a folded header", "X-A: b\r\n c\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 4", `0\r\n\r\n${NEXT}`],
    ["a header without a name", ": x", ""],
    ["a header without a colon", "Nonsense", ""],
    ["a NUL in a value", "X-A: a\0b", ""],
    ["a bare CR in a value", "X-A: a\rb", ""],
    ["a control character in a name", "X\x01A: b", ""],
    ["a chunk size that is no number", "Transfer-Encoding: chunked", `zz\r\nabc\r\n0\r\n\r\n${NEXT}`],
    ["a negative chunk size", "Transfer-Encoding: chunked", `-1\r\nabc\r\n0\r\n\r\n${NEXT}`],
    ["a chunk size that overflows", "Transfer-Encoding: chunked", `fffffffffffffffff\r\nabc\r\n0\r\n\r\n${NEXT}`],
    ["a chunk longer than its size", "Transfer-Encoding: chunked", `3\r\nabcdef\r\n0\r\n\r\n${NEXT}`],
    ["an expectation nobody knows", "Expect: 200-ok\r\nContent-Length: 4", `abcd${NEXT}`],
  ])("%s is answered 400 once and the connection closes; the backend sees nothing", async (_what, headers, body) => {
    const answer = await sendRaw(post(headers, body));
    expect(answer.statuses).toEqual([400]);
    expect(answer.closed).toBe(true);
    expect(answer.text).toContain("REQUEST_MALFORMED");
    expect(fixture.backend.calls).toEqual([]);
  });

  test("between good calls broken ones add none: the backend sees each good one before them, once", async () => {
    const broken = [
      "Content-Length: 4\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: xchunked",
      "Content-Length: 4, 4",
    ];
    const good = post("Content-Length: 4", "good");
    for (let i = 0; i < 12; i += 1) {
      const answer = await sendRaw(good + post(broken[i % 3] ?? "", `0\r\n\r\n${NEXT}`) + good);
      expect([answer.statuses[0], answer.closed, fixture.backend.calls.length]).toEqual([200, true, i + 1]);
    }
    expect(fixture.backend.calls.every(({ body, url }) => body === "good" && url === "/inside/x")).toBe(true);
  });

  test("chunked under HTTP/1.0 is refused", async () => {
    const answer = await sendRaw(`POST ${api.path}/x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`);
    expect([answer.statuses, fixture.backend.calls]).toEqual([[400], []]);
  });

  test("a proper request and the next on the same connection are two calls, no more", async () => {
    const one = post("Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n");
    const answer = await sendRaw(one + post("Content-Length: 2", "de"));
    expect(answer.statuses).toEqual([200, 200]);
    expect(fixture.backend.calls.map((seen) => seen.body)).toEqual(["abc", "de"]);
  });

  test("trailers end at the gateway (T6)", async () => {
    const answer = await sendRaw(
      post("Transfer-Encoding: chunked\r\nTrailer: X-End", "1\r\na\r\n0\r\nX-End: b\r\n\r\n"),
    );
    expect([answer.statuses, fixture.backend.header("trailer"), fixture.backend.calls[0]?.body]).toEqual([
      [200],
      [],
      "a",
    ]);
  });

  test("what follows a refused request with a body is not taken for a request", async () => {
    const unknown = `POST ${api.path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 40\r\n\r\n`;
    const answer = await sendRaw(unknown + get(`${api.path}/x`));
    expect([answer.statuses, answer.closed, fixture.backend.calls]).toEqual([[404], true, []]);
  });
});

describe("targets (T2)", () => {
  test.each([
    ["absolute-form", () => `http://evil.example${api.path}/x`],
    ["absolute-form in upper case", () => `HTTP://evil.example${api.path}/x`],
    ["two slashes in front", () => `/${api.path}/x`],
    ["two slashes inside", () => `${api.path}//x`],
    ["a fragment", () => `${api.path}/x#b`],
    ["a fragment in the query", () => `${api.path}/x?a#b`],
    ["dots", () => `${api.path}/../x`],
    ["dots at the end", () => `${api.path}/x/..`],
    ["one dot", () => `${api.path}/./x`],
    ["encoded dots", () => `${api.path}/%2e%2e/x`],
    ["half encoded dots", () => `${api.path}/.%2E/x`],
    ["an encoded slash", () => `${api.path}/a%2fb`],
    ["an encoded backslash", () => `${api.path}/a%5Cb`],
    ["a backslash", () => `${api.path}/a\\b`],
    ["a path parameter", () => `${api.path}/x;v=1`],
    ["dots with a path parameter", () => `${api.path}/..;/x`],
    ["an encoded semicolon", () => `${api.path}/x%3bv=1`],
    ["an encoded NUL", () => `${api.path}/x%00`],
    ["an encoded line break", () => `${api.path}/x%0d%0aX-A:b`],
    ["broken encoding", () => `${api.path}/x%zz`],
    ["encoding that is not UTF-8", () => `${api.path}/x%ff`],
    ["overlong UTF-8 for a dot", () => `${api.path}/%c0%ae%c0%ae/x`],
    ["a raw byte above ASCII", () => `${api.path}/x\xe9`],
    ["no path at all", () => "x"],
  ])("%s never reaches a backend", async (_what, target) => {
    const answer = await sendRaw(get(target()));
    expect(answer.statuses).toEqual([400]);
    expect(fixture.backend.calls).toEqual([]);
  });

  test("what is forwarded is byte for byte what was routed", async () => {
    for (const path of ["/%41b", "/a:b@c", "/100%25", "/caf%C3%A9", "/(x)'!*~,=+$&", "/x/y?q=a%2Fb;c&d=%3d[1]"]) {
      const answer = await sendRaw(get(api.path + path, "Host: a\r\nConnection: close"));
      expect(answer.statuses).toEqual([200]);
      expect(fixture.backend.calls.at(-1)?.url).toBe(`/inside${path}`);
    }
  });

  test("CONNECT and TRACE reach no backend", async () => {
    expect((await sendRaw("CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n")).statuses).toEqual([400]);
    expect((await sendRaw(`TRACE ${api.path}/x HTTP/1.1\r\nHost: a\r\n\r\n`)).statuses).toEqual([405]);
    expect((await sendRaw("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")).statuses).toEqual([400]);
    expect(fixture.backend.calls).toEqual([]);
  });
});

describe("Host (T4)", () => {
  test.each([
    ["two of them", "Host: a\r\nHost: b"],
    ["the same twice", "Host: a\r\nHost: a"],
    ["none", "X-A: b"],
    ["an empty one", "Host:"],
    ["one with a path", "Host: a/b"],
    ["one with a user", "Host: a@b"],
    ["a list", "Host: a, b"],
  ])("%s is refused", async (_what, headers) => {
    const answer = await sendRaw(get(`${api.path}/x`, headers));
    expect([answer.statuses, fixture.backend.calls]).toEqual([[400], []]);
  });

  test.each(["a.example:8080", "127.0.0.1", "[::1]:8080"])("%s is accepted", async (host) => {
    expect((await sendRaw(get(`${api.path}/x`, `Host: ${host}`))).statuses).toEqual([200]);
    expect(fixture.backend.header("x-forwarded-host")).toEqual([host]);
  });
});

describe("sizes (T5, T20)", () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `X-${i}: v`).join("\r\n");

  test("100 headers are passed on, 101 are refused, and thousands are not dropped in silence", async () => {
    expect((await sendRaw(get(`${api.path}/x`, `Host: a\r\n${many(99)}`))).statuses).toEqual([200]);
    expect(fixture.backend.calls.at(-1)?.rawHeaders).toContain("X-98");
    fixture.backend.calls.length = 0;
    for (const count of [100, 1_500]) {
      const answer = await sendRaw(get(`${api.path}/x`, `Host: a\r\n${many(count)}`));
      expect(answer.statuses).toEqual([431]);
      expect(answer.text).toContain("HEADERS_TOO_LARGE");
    }
    expect(fixture.backend.calls).toEqual([]);
  });

  test.each([17_000, 40_000, 400_000])("headers of %i bytes are refused with 431", async (bytes) => {
    const answer = await sendRaw(get(`${api.path}/x`, `Host: a\r\nX-A: ${"a".repeat(bytes)}`));
    expect([answer.statuses, fixture.backend.calls]).toEqual([[431], []]);
  });

  test("a target of more than 8 KB is refused with 414, one of less is not", async () => {
    const target = (bytes: number) => `${api.path}/x?${"a".repeat(bytes - api.path.length - 3)}`;
    expect((await sendRaw(get(target(8_192)))).statuses).toEqual([200]);
    fixture.backend.calls.length = 0;
    const answer = await sendRaw(get(target(8_193)));
    expect([answer.statuses, fixture.backend.calls]).toEqual([[414], []]);
    expect(answer.text).toContain("URI_TOO_LONG");
  });

  test("a body that is announced too large is refused before the backend hears of it", async () => {
    const answer = await sendRaw(post(`Content-Length: ${10 * 1024 * 1024 + 1}`));
    expect([answer.statuses, answer.closed, fixture.backend.calls]).toEqual([[413], true, []]);
    expect(answer.text).toContain("BODY_TOO_LARGE");
  });

  test("a chunked body that grows too large is refused, and the backend never gets a whole request", async () => {
    const socket = await open();
    let text = "";
    socket.on("data", (piece) => {
      text += piece.toString("latin1");
    });
    socket.on("error", () => undefined);
    const closed = new Promise<void>((done) => socket.once("close", () => done()));
    socket.write(post("Transfer-Encoding: chunked"));
    const piece = `100000\r\n${"a".repeat(0x100000)}\r\n`;
    for (let sent = 0; sent < 12 && !socket.destroyed; sent += 1) socket.write(piece, "latin1");
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(fixture.backend.calls.every((seen) => !seen.complete)).toBe(true);
  });

  // Elsewhere a socket that nobody reads holds less.
  describe.skipIf(process.platform !== "linux")("chunked, with a limit that a socket holds at once (T20)", () => {
    const chunk = (bytes: number) => `${bytes.toString(16)}\r\n${"a".repeat(bytes)}\r\n`;
    const chunked = (...pieces: string[]) => post("Transfer-Encoding: chunked", pieces.join(""));
    let small: OwnGateway;
    beforeAll(async () => {
      small = await startGateway(inject("databaseUrl"), { env: { GATEWAY_BODY_MB: "1" } });
    });
    afterAll(() => small?.stop());
    /** The gateway sleeps until all is sent, so that no pause of a busy machine gets in between. */
    const sendAtOnce = (bytes: string) => {
      small.process.kill("SIGSTOP");
      return sendRaw(bytes, small.address, () => small.process.kill("SIGCONT"));
    };

    test.each([
      ["in one chunk", () => chunk(0x100001)],
      ["in large chunks", () => chunk(0x10000).repeat(16) + chunk(1)],
      ["by its last byte before its end", () => `${chunk(0x100000)}${chunk(1)}0\r\n\r\n`],
      ["in small chunks", () => chunk(0x400).repeat(0x400) + chunk(1)],
      ["followed by another request", () => `${chunk(0x100001)}0\r\n\r\n${NEXT}`],
    ])("a body that is too large %s gets 413, and the backend never hears of it", async (_what, body) => {
      const answer = await sendAtOnce(chunked(body()));
      expect([answer.statuses, answer.closed, fixture.backend.calls.length]).toEqual([[413], true, 0]);
      expect(answer.text).toContain("BODY_TOO_LARGE");
    });

    test("a body as large as the limit arrives whole, with its length", async () => {
      const answer = await sendAtOnce(chunked(chunk(0x10000).repeat(16), "0\r\n\r\n"));
      expect([answer.statuses, fixture.backend.calls[0]?.body.length]).toEqual([[200], 0x100000]);
      expect(fixture.backend.header("content-length")).toEqual([String(0x100000)]);
      expect(fixture.backend.header("transfer-encoding")).toEqual([]);
    });

    test("one that pauses has begun at the backend, and never becomes a whole request there", async () => {
      const socket = await open(small.address);
      socket.on("error", () => undefined);
      socket.write(chunked(chunk(3)));
      await expect.poll(() => fixture.backend.calls[0]?.body).toBe("aaa");
      socket.write(chunk(0x100000));
      const [text] = await once(socket, "data");
      expect(String(text)).toMatch(/^HTTP\/1\.1 413 /);
      expect(fixture.backend.calls.map(({ complete }) => complete)).toEqual([false]);
      socket.destroy();
    });
  });
});

test("every refusal of the parser is problem+json with a request ID and is not cached (T38)", async () => {
  const { text } = await sendRaw("GARBAGE\r\n\r\n");
  const [head = "", body = ""] = text.split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  for (const line of ["Content-Type: application/problem+json", "Cache-Control: no-store", "Connection: close"]) {
    expect(head).toContain(line);
  }
  expect(head).toContain(`X-Request-Id: ${JSON.parse(body).requestId}`);
  expect(head).toContain(`Content-Length: ${body.length}`);
});
