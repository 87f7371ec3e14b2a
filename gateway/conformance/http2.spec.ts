import { beforeEach, describe, expect, test } from "vitest";
import { publish } from "#lib/test-kit/gateway-fixture.ts";
import { call, open, sendRaw } from "./kit/client.ts";
import { operation, ownFixture } from "./kit/own-fixture.ts";

// The gateway speaks HTTP/1.1 alone: nothing of HTTP/2 is begun, however a client asks for it (T22).

let path = "";
const fixture = ownFixture(async ({ place, backend }) => {
  path = (await publish({ place, backendUrl: backend.url, basePath: "/two", operations: [operation("GET", "/x")] }))
    .path;
});
beforeEach(() => {
  fixture.backend.calls.length = 0;
});

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const [HEADERS, RST_STREAM, SETTINGS] = [1, 3, 4];
const END_STREAM_AND_HEADERS = 0x5;
const CANCEL = Buffer.from([0, 0, 0, 8]);

/** RFC 9113 4.1 */
function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** `:method: GET`, `:scheme: http` of HPACK's static table, and path and authority as literals. */
const literal = (index: number, text: string) =>
  Buffer.concat([Buffer.from([index, text.length]), Buffer.from(text, "latin1")]);
const request = () => Buffer.concat([Buffer.from([0x82, 0x86]), literal(0x04, `${path}/x`), literal(0x01, "a")]);

/** Requests that are taken back as soon as they are made. */
function resets(count: number): Buffer {
  const frames: Buffer[] = [Buffer.from(PREFACE), frame(SETTINGS, 0, 0)];
  const block = request();
  for (let i = 0; i < count; i += 1) {
    frames.push(frame(HEADERS, END_STREAM_AND_HEADERS, i * 2 + 1, block), frame(RST_STREAM, 0, i * 2 + 1, CANCEL));
  }
  return Buffer.concat(frames);
}

describe("HTTP/2 that nobody agreed on (T22)", () => {
  test.each([1, 10_000])("the preface and %i requests, each reset at once, get one 400 and the end", async (count) => {
    const answer = await sendRaw(resets(count));
    expect([answer.statuses, answer.closed, fixture.backend.calls]).toEqual([[400], true, []]);
    expect(answer.text).toContain("REQUEST_MALFORMED");
  });

  test("others are served while connection after connection floods", async () => {
    const flood = resets(10_000);
    const floods = Array.from({ length: 20 }, async () => {
      const socket = await open();
      const closed = new Promise((done) => socket.on("error", () => undefined).on("close", done));
      socket.resume().write(flood);
      await closed;
    });
    for (let i = 0; i < 50; i += 1) expect((await call(`${path}/x`)).status).toBe(200);
    await Promise.all(floods);
    expect(fixture.backend.calls.length).toBe(50);
  });

  test("an upgrade to h2c is not made: the call is answered in HTTP/1.1, and frames that follow all the same end the connection", async () => {
    const asks = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n";
    const upgrade = Buffer.from(`GET ${path}/x HTTP/1.1\r\nHost: a\r\n${asks}\r\n`);
    const answer = await sendRaw(Buffer.concat([upgrade, resets(1_000)]));
    expect([answer.statuses, answer.closed, fixture.backend.calls.length]).toEqual([[200], true, 1]);
    expect(answer.text).not.toMatch(/^(upgrade|http2-settings):/im);
    for (const name of ["upgrade", "http2-settings", "connection"])
      expect(fixture.backend.header(name)).not.toContain("h2c");
    expect([fixture.backend.header("upgrade"), fixture.backend.header("http2-settings")]).toEqual([[], []]);
  });

  test("another version in a request line is refused", async () => {
    for (const version of ["HTTP/2", "HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/1.2"]) {
      const answer = await sendRaw(`GET ${path}/x ${version}\r\nHost: a\r\n\r\n`);
      expect([version, answer.statuses, answer.closed]).toEqual([version, [400], true]);
    }
    expect(fixture.backend.calls).toEqual([]);
  });
});
