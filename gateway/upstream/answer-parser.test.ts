import fc from "fast-check";
import { expect, test } from "vitest";
import { ANSWER_HEADER_BYTES_MAX, AnswerError, AnswerParser } from "./answer-parser.ts";

interface Read {
  interim: number[];
  status: number;
  headers: string[];
  length: number;
  body: string;
  done: boolean;
  keepsAlive: boolean;
  /** Bytes that were not part of the answer. */
  over: number;
}

/** Reads an answer that comes in these pieces; `closes`: then the backend closes its side. */
function read(pieces: readonly string[], { method = "GET", closes = false } = {}): Read {
  const got: Read = {
    interim: [],
    status: 0,
    headers: [],
    length: 0,
    body: "",
    done: false,
    keepsAlive: false,
    over: 0,
  };
  const parser = new AnswerParser(
    {
      onInterim: (status) => got.interim.push(status),
      onHead: (status, headers, length) => Object.assign(got, { status, headers, length }),
      onData: (chunk) => {
        got.body += chunk.toString("latin1");
      },
    },
    method,
  );
  for (const text of pieces) {
    const piece = Buffer.from(text, "latin1");
    got.over += piece.length - parser.push(piece);
  }
  if (closes) parser.close();
  return Object.assign(got, { done: parser.done, keepsAlive: parser.keepsAlive });
}

const ok = "HTTP/1.1 200 OK\r\n";

test("an answer with a length", () => {
  expect(read([`${ok}Content-Type: text/plain\r\nX-Empty:\r\nContent-Length: 2\r\n\r\nhi`])).toMatchObject({
    status: 200,
    headers: ["Content-Type", "text/plain", "X-Empty", "", "Content-Length", "2"],
    length: 2,
    body: "hi",
    done: true,
    keepsAlive: true,
    over: 0,
  });
});

test.each([
  ["204", `HTTP/1.1 204 No Content\r\n\r\n`, "GET", true],
  ["304 with the length that it would have", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "GET", false],
  ["204 in chunks", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", "GET", false],
  ["the answer to HEAD", `${ok}Content-Length: 5\r\n\r\n`, "HEAD", false],
  ["the answer to HEAD without a length", `${ok}\r\n`, "HEAD", false],
  ["a length of nothing", `${ok}Content-Length: 0\r\n\r\n`, "GET", true],
  ["no reason phrase", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "GET", true],
])(
  "%s ends with its head, and keeps the connection only where no body may follow (F7)",
  (_name, text, method, keeps) => {
    expect(read([text], { method })).toMatchObject({ body: "", done: true, keepsAlive: keeps });
  },
);

test.each([
  ["close", false, false],
  ["keep-alive", true, true],
  ["close|keep-alive", false, false],
  ["keep-alive|close", false, false],
  ["close, keep-alive", false, false],
  ["Keep-Alive ,\tCLOSE", false, false],
  ["x-a|close|x-b|Keep-Alive", false, false],
  ["keep-alive, x-close", true, true],
  ["x-keep-alive", true, false],
  ["", true, false],
])("of a backend's Connection %j close wins, wherever it stands (F7)", (values, keeps11, keeps10) => {
  const fields = values.split("|").map((value) => `Connection: ${value}\r\n`);
  for (const [version, keeps] of [
    ["1.1", keeps11],
    ["1.0", keeps10],
  ] as const) {
    const text = `HTTP/${version} 200 OK\r\n${fields.join("")}Content-Length: 2\r\n\r\nhi`;
    expect([version, read([text]).keepsAlive]).toEqual([version, keeps]);
  }
});

test("chunks with extensions and trailers", () => {
  const text = `${ok}Transfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n`;
  expect(read([text])).toMatchObject({ body: "hello!", length: -1, done: true, keepsAlive: true, over: 0 });
});

test("without length and coding the body ends with the connection", () => {
  expect(read([`${ok}\r\nhello`, " you"])).toMatchObject({ body: "hello you", done: false });
  expect(read([`${ok}\r\nhello`, " you"], { closes: true })).toMatchObject({ done: true, keepsAlive: false });
});

test.each([
  ["1.1", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true],
  ["1.1 with Connection: close", "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n", false],
  ["1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false],
  ["1.0 with Connection: keep-alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", true],
])("HTTP/%s keeps the connection as it says", (_name, text, keepsAlive) => {
  expect(read([text]).keepsAlive).toBe(keepsAlive);
});

test("interim answers come before the answer", () => {
  const text = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}Content-Length: 1\r\n\r\nx`;
  expect(read([text])).toMatchObject({ interim: [100, 103], status: 200, body: "x", done: true });
});

test.each(["bad trailer", "T: \0", "T : x", " T: x", ": x", "T: a\rb", "T\xe9: x"])(
  "a trailer that is no field, %j, is refused, also byte by byte (F8)",
  (line) => {
    const text = `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n${line}\r\n\r\n`;
    expect(() => read([text])).toThrow(AnswerError);
    expect(() => read([...text])).toThrow(AnswerError);
  },
);

test("what follows the answer is not part of it", () => {
  expect(read([`${ok}Content-Length: 1\r\n\r\nxHTTP/1.1 200 OK`])).toMatchObject({ body: "x", over: 15 });
  expect(read([`${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\ny`])).toMatchObject({ over: 1 });
});

test.each([
  ["not HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
  ["HTTP/2", "HTTP/2.0 200 OK\r\n\r\n"],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
  ["a line that ends with LF", "HTTP/1.1 200 OK\nA: b\r\n\r\n"],
  ["a CR inside a value", `${ok}A: b\rc\r\n\r\n`],
  ["a NUL inside a value", `${ok}A: b\0c\r\n\r\n`],
  ["a space before the colon", `${ok}Content-Length : 5\r\n\r\nhello`],
  ["a folded line", `${ok}A: b\r\n c\r\n\r\n`],
  ["a line without a colon", `${ok}hello\r\n\r\n`],
  ["an empty name", `${ok}: b\r\n\r\n`],
  ["two lengths", `${ok}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
  ["two lengths in one line", `${ok}Content-Length: 5, 5\r\n\r\nhello`],
  ["a signed length", `${ok}Content-Length: +5\r\n\r\nhello`],
  ["a length in hexadecimal", `${ok}Content-Length: 0x5\r\n\r\nhello`],
  ["an empty length", `${ok}Content-Length:\r\n\r\nhello`],
  ["length and chunks", `${ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["a coding that is not known", `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ["chunked twice", `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"],
  ["a chunk without a size", `${ok}Transfer-Encoding: chunked\r\n\r\n\r\n`],
  ["a chunk with a signed size", `${ok}Transfer-Encoding: chunked\r\n\r\n-1\r\n`],
  ["a size line that ends with LF", `${ok}Transfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n`],
  ["a size past all bounds", `${ok}Transfer-Encoding: chunked\r\n\r\nfffffffffffff\r\n`],
  ["an endless size line", `${ok}Transfer-Encoding: chunked\r\n\r\n1;${"x".repeat(300)}`],
  ["a chunk that is longer than it says", `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n`],
  ["endless trailers", `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n${"A: b\r\n".repeat(2_000)}`],
  ["endless headers", ok + `A: ${"b".repeat(1_000)}\r\n`.repeat(100)],
  ["one endless header", `${ok}A: ${"b".repeat(ANSWER_HEADER_BYTES_MAX)}`],
])("%s is refused (T37)", (_name, text) => {
  expect(() => read([text])).toThrow(AnswerError);
  // Byte by byte it must be no other.
  expect(() => read([...text])).toThrow(AnswerError);
});

test.each([
  ["a line that ends with LF alone", "HTTP/1.1 200 OK\n"],
  ["LF alone after a header", `${ok}A: b\n`],
  ["LF alone throughout", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
  ["CR alone", "HTTP/1.1 200 OK\rA"],
  ["another protocol", "SSH-"],
  ["a body without a head", "<"],
  ["no status", "HTTP/1.1 OK\r\n"],
  ["HTTP/2", "HTTP/2"],
  ["an empty first line", "\r\n"],
  ["a control", `${ok}A: \u0007`],
  ["a folded line", `${ok}A: b\r\n c\r\n`],
  ["a line without a colon", `${ok}hello\r\n`],
  ["a fault after an interim answer", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\nA"],
])("%s is refused at once, not waited for (F8)", (_name, text) => {
  expect(() => read([text])).toThrow(AnswerError);
  expect(() => read([...text])).toThrow(AnswerError);
});

test("a head that comes in any pieces is looked at once, and read (F8)", () => {
  const text = `${ok}A: b\r\nContent-Length: 0\r\n\r\n`;
  for (let cut = 1; cut < text.length; cut += 1) {
    expect(read([text.slice(0, cut), text.slice(cut)])).toMatchObject({ status: 200, done: true });
  }
  expect(read([...text])).toMatchObject({ status: 200, headers: ["A", "b", "Content-Length", "0"], done: true });
});

test("of chunks that are framed wrongly in the piece of their head nothing is handed on (F8)", () => {
  const parts = { heads: 0, data: "" };
  const parser = () =>
    new AnswerParser(
      {
        onInterim: () => undefined,
        onHead: () => {
          parts.heads += 1;
        },
        onData: (chunk) => {
          parts.data += chunk;
        },
      },
      "GET",
    );
  const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;
  expect(() => parser().push(Buffer.from(`${chunked}2\r\nok\r\nzz\r\n`))).toThrow(AnswerError);
  expect(parts).toEqual({ heads: 0, data: "" });
  const later = parser();
  later.push(Buffer.from(chunked));
  expect(parts.heads).toBe(1);
  expect(() => later.push(Buffer.from("2\r\nok\r\nzz\r\n"))).toThrow(AnswerError);
  expect(parts).toEqual({ heads: 1, data: "ok" });
});

test.each([
  ["the head", `${ok}Content-Le`],
  ["a body with a length", `${ok}Content-Length: 5\r\n\r\nhell`],
  ["a chunk", `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhell`],
  ["chunks before the last", `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`],
  ["trailers", `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n`],
])("%s that breaks off is no answer (T37)", (_name, text) => {
  expect(() => read([text], { closes: true })).toThrow(AnswerError);
});

const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/);
const value = fc.stringMatching(/^[!-~\x80-\xff]([\t -~\x80-\xff]{0,20}[!-~\x80-\xff])?$/);
const answer = fc
  .record({
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    headers: fc.array(fc.tuple(token, value), { maxLength: 6 }),
    chunks: fc.array(fc.string({ minLength: 1, maxLength: 40, unit: "binary-ascii" }), { maxLength: 5 }),
    framing: fc.constantFrom("length", "chunked", "close"),
  })
  .map(({ status, headers, chunks, framing }) => {
    const kept = headers.filter(([name]) => !/^(content-length|transfer-encoding|connection)$/i.test(name));
    const body = chunks.join("");
    const framed = {
      length: [`Content-Length: ${body.length}\r\n`, body],
      chunked: [
        "Transfer-Encoding: chunked\r\n",
        `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("")}0\r\n\r\n`,
      ],
      close: ["", body],
    }[framing];
    const lines = kept.map(([name, text]) => `${name}: ${text}\r\n`).join("");
    return { status, kept, body, framing, text: `HTTP/1.1 ${status} X\r\n${lines}${framed[0]}\r\n${framed[1]}` };
  });

test("an answer is read the same however it is cut into pieces", () => {
  fc.assert(
    fc.property(answer, fc.array(fc.nat(200), { maxLength: 12 }), ({ status, kept, body, framing, text }, cuts) => {
      const at = [...new Set(cuts.filter((cut) => cut < text.length))].sort((a, b) => a - b);
      const pieces = [0, ...at].map((start, i) => text.slice(start, at[i] ?? text.length));
      const got = read(pieces, { closes: framing === "close" });
      expect(got).toMatchObject({ status, body, done: true, over: 0, keepsAlive: framing !== "close" });
      expect(got.headers.slice(0, kept.length * 2)).toEqual(kept.flat());
    }),
    { numRuns: 2_000 },
  );
});
