import fc from "fast-check";
import { expect, test } from "vitest";
import { Admission } from "#gateway/admission/admission.ts";
import type { Call } from "#gateway/call.ts";
import { backendTarget } from "#gateway/upstream/request-headers.ts";
import { checkRequest } from "./check-request.ts";

// Any target at all: what is let through can be read in one way only, and goes on as it came (T2).

const PIECES = [
  "/",
  "//",
  ".",
  "..",
  "%2e",
  "%2E",
  "%2f",
  "%5C",
  "%3b",
  ";",
  "\\",
  "#",
  "?",
  "&",
  "=",
  "%00",
  "%0a",
  "%7f",
  "%",
  "%zz",
  "%c3%a9",
  "%ff",
  "%c0%ae",
  "a",
  "b c",
  "é",
  "@",
  ":",
  "http:",
  "%25",
  "%252e",
  "*",
  "~",
  "client_id=x",
  "q=1",
];
const target = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary-ascii", maxLength: 40 }).map((text) => `/${text}`),
);

function check(url: string): { call: Call; code: string | undefined } {
  const call = {
    gateway: {
      admission: new Admission(),
      inFlight: 1,
      bodyBytesMax: 10,
      ready: true,
      freshUntilMs: Number.POSITIVE_INFINITY,
    },
    req: {
      url,
      rawHeaders: ["Host", "a"],
      httpVersionMajor: 1,
      httpVersionMinor: 1,
      socket: { remoteAddress: "127.0.0.1" },
    },
    names: [],
    path: "",
    query: "",
    contentLength: 0,
    connectionTokens: "",
    startedAtMs: 0,
  } as unknown as Call;
  return { call, code: checkRequest(call)?.rendered.code };
}

test("a path that is let through is one path for every reader, and forwarded as it was routed", () => {
  let passed = 0;
  fc.assert(
    fc.property(target, (url) => {
      const { call, code } = check(url);
      if (code !== undefined) {
        expect(code).toBe("REQUEST_MALFORMED");
        return;
      }
      passed += 1;
      expect(call.query === "" ? call.path : `${call.path}?${call.query}`).toBe(
        url.endsWith("?") && call.query === "" ? url.slice(0, -1) : url,
      );
      const decoded = decodeURIComponent(call.path);
      expect(decoded).not.toMatch(/\/\/|\/\.{1,2}(?:\/|$)|\\|;|#|[^\x20-\uffff]|\x7f/);
      // Whoever resolves it against an origin gets the same path: a URL parser moves nothing.
      expect(decodeURIComponent(new URL(call.path, "http://origin").pathname)).toBe(decoded);
      expect(new URL(call.path, "http://origin").host).toBe("origin");
      const api = { enforced: false };
      call.pathBelow = call.path;
      expect(backendTarget(call, api as never, { pathPrefix: "/p" } as never)).toBe(
        `/p${call.query === "" ? call.path : `${call.path}?${call.query}`}`,
      );
    }),
    { numRuns: 5_000 },
  );
  expect(passed).toBeGreaterThan(100);
});
