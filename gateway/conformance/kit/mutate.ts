/** Numbers from 0 to 1 that follow from the seed alone (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What parsers of HTTP, URLs and JSON stumble over. */
const TOKENS = [
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  "\0",
  "\t",
  " ",
  ":",
  "\x7f",
  "\xff",
  "\x0b",
  "\x1b[31m",
  "%00",
  "%0d%0a",
  "%2e%2e",
  "%2f",
  "%5c",
  "%3b",
  "%c0%ae",
  "%zz",
  "%",
  "..",
  "//",
  "/./",
  "\\",
  ";",
  "#",
  "?",
  "&",
  "=",
  "@",
  "http://evil.example",
  "Host: evil.example\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: 99999999999999999999\r\n",
  "Content-Length: -1\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: identity\r\n",
  "Connection: X-IBM-Client-Id, Host\r\n",
  "Connection: close\r\n",
  "Expect: 100-continue\r\n",
  "Upgrade: h2c\r\n",
  "0\r\n\r\n",
  "5\r\nhello\r\n",
  "ffffffffffffffff\r\n",
  "1;a=b\r\n",
  "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
  "HTTP/1.0",
  "HTTP/2.0",
  "OPTIONS",
  "HEAD",
  "TRACE",
  "CONNECT",
  "Origin: https://a.example\r\n",
  "Access-Control-Request-Method: GET\r\n",
  "X-Forwarded-For: 10.0.0.1\r\n",
  "X-Request-Id: x\r\n",
  "Accept: application/xml\r\n",
  "Accept: ;;;q=,,\r\n",
  "Content-Encoding: gzip\r\n",
  "__proto__",
  "constructor",
  "{",
  "[",
  "]",
  "}",
  '"',
  "null",
  "1e999",
  "client_id=",
  "client_secret=",
  "$(request.headers.X-IBM-Client-Secret)",
];

type Random = () => number;
const below = (random: Random, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)] as T;

const changes: ((text: string, random: Random, others: readonly string[]) => string)[] = [
  // a byte
  (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + String.fromCharCode(below(random, 256)) + text.slice(at + 1);
  },
  // a token
  (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + pick(random, TOKENS) + text.slice(at);
  },
  // a token many times
  (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + pick(random, TOKENS).repeat(1 + below(random, 400)) + text.slice(at);
  },
  // a piece left out
  (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + text.slice(at + below(random, 40));
  },
  // a piece twice
  (text, random) => {
    const at = below(random, text.length);
    const end = at + below(random, 200);
    return text.slice(0, end) + text.slice(at);
  },
  // a line moved, or twice
  (text, random) => {
    const lines = text.split("\r\n");
    const line = pick(random, lines);
    lines.splice(below(random, lines.length), random() < 0.5 ? 0 : 1, line);
    return lines.join("\r\n");
  },
  // the case of a piece
  (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + text.slice(at, at + 30).toUpperCase() + text.slice(at + 30);
  },
  // the end of another one
  (text, random, others) => {
    const other = pick(random, others);
    return text.slice(0, below(random, text.length)) + other.slice(below(random, other.length));
  },
  // another one behind it
  (text, random, others) => text + pick(random, others),
];

/** One of the requests after up to five changes, cut into the pieces that are written one after the other. */
export function mutated(requests: readonly string[], random: Random): Buffer[] {
  let text = pick(random, requests);
  for (let left = below(random, 6); left > 0 && text !== ""; left -= 1)
    text = pick(random, changes)(text, random, requests);
  const bytes = Buffer.from(text, "latin1");
  const cuts = Array.from({ length: below(random, 3) }, () => below(random, bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i] ?? bytes.length));
}
