import { connect } from "node:net";
import { expect, test } from "./fixtures.ts";
import { signUp } from "./people.ts";

// What no browser and no client of good will sends: bytes of our own on a connection of our own.

const PATIENCE_MS = 30_000;

interface Sent {
  method?: string;
  target: string;
  headers?: Record<string, string>;
  body?: string;
}

/** The status of the answer; 0 where the connection closed without one. */
function statusOf(origin: string, { method = "GET", target, headers = {}, body = "" }: Sent): Promise<number> {
  const { port, hostname, host } = new URL(origin);
  const all = { Host: host, ...headers, Connection: headers.Connection ?? "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body === "" ? "" : `Content-Length: ${Buffer.byteLength(body, "latin1")}\r\n`;
  const socket = connect(Number(port), hostname);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join("")}${length}\r\n${body}`, "latin1");
  let got = "";
  socket.on("error", () => {});
  return new Promise((tell) => {
    socket.on("data", (piece) => {
      got += piece.toString("latin1");
    });
    socket.on("close", () => tell(Number(/^HTTP\/1\.1 (\d+)/.exec(got)?.[1] ?? 0)));
  });
}

/** Sends all, a few at a time; what failed, with its status. */
async function failing(origin: string, all: Sent[]): Promise<string[]> {
  const failed: string[] = [];
  const rest = all.values();
  const send = async () => {
    for (const one of rest) {
      const status = await statusOf(origin, one);
      const { method = "GET", target, headers, body } = one;
      if (status === 0 || status >= 500)
        failed.push(`${status} ${method} ${target} ${JSON.stringify(headers ?? {})} ${body ?? ""}`.slice(0, 300));
    }
  };
  await Promise.all(Array.from({ length: 4 }, send));
  return failed;
}

const pages = ["/", "/apis", "/sign-in", "/no-such-page", "/apis/acme/sandbox/weather-provider-api", "/applications"];
const routes = ["/api/auth/session", "/api/explore/call", "/oidc/x", "/provider/acme/drafts/apis/import/run"];
const files = ["/mark.svg", "/favicon.ico", "/%6Dark.svg"];

test("whatever header of Next's own a stranger sends, no page and no route fails (F61)", async ({ installation }) => {
  const tree = "Next-Router-State-Tree";
  const headers: Record<string, string>[] = [
    ...[
      "garbage",
      "%",
      "",
      "null",
      "%7B%7D",
      "x".repeat(12_000),
      encodeURIComponent('["",{"children":["__proto__",{}]}]'),
    ].map((value) => ({ RSC: "1", [tree]: value })),
    ...["garbage", "/_tree", "/%00"].map((value) => ({
      ...{ RSC: "1", "Next-Router-Prefetch": "1", "Next-Router-Segment-Prefetch": value },
    })),
    ...["garbage", "1", "2"].map((value) => ({ RSC: value, "Next-Router-Prefetch": value })),
    ...["garbage", "/%", "http://["].map((value) => ({ RSC: "1", "Next-Url": value })),
    ...["x-middleware-subrequest", "x-middleware-invoke", "x-middleware-rewrite", "x-middleware-override-headers"].map(
      (name) => ({ [name]: "http://127.0.0.1:1/%" }),
    ),
    ...[
      "x-nextjs-data",
      "x-invoke-path",
      "x-invoke-status",
      "x-invoke-error",
      "x-matched-path",
      "x-now-route-matches",
    ].map((name) => ({ [name]: "1=%{" })),
    ...[
      "x".repeat(14_000),
      "authjs.session-token={",
      "next-auth.session-token=%E0%A4%A",
      "=;;%;a",
      "\x80\xff=\xfe",
    ].map((value) => ({ Cookie: value })),
    { Cookie: "__prerender_bypass=x; __next_preview_data={" },
    ...["a b", "[", "%"].map((value) => ({ "X-Forwarded-Host": value, "X-Forwarded-Proto": value })),
    ...["a b", "[", "localhost:99999"].map((value) => ({ Host: value })),
    { Connection: "Upgrade, HTTP2-Settings, close", Upgrade: "h2c" },
  ];
  const all = [...pages, ...routes].flatMap((target) => headers.map((one) => ({ target, headers: one })));
  expect(await failing(installation.portalUrl, all)).toEqual([]);
  // A tree that the portal's own scripts would send is read.
  const good = { RSC: "1", [tree]: encodeURIComponent('["",{"children":["__PAGE__",{}]},null,null]') };
  expect(await statusOf(installation.portalUrl, { target: "/apis", headers: good })).not.toBe(400);
  expect(await statusOf(installation.portalUrl, { target: "/apis", headers: { [tree]: "garbage" } })).toBe(400);
});

test("whatever method or target a stranger sends, no page, route or file fails (F61)", async ({ installation }) => {
  const { portalUrl } = installation;
  const methods = ["HEAD", "TRACE", "PROPFIND", "OPTIONS", "PUT", "DELETE", "POST", "M-SEARCH", "QUERY", "CONNECT"];
  const everywhere = [...pages, ...routes, ...files].flatMap((target) =>
    methods.flatMap((method) => [
      { method, target },
      { method, target, headers: { Origin: portalUrl, "Next-Action": "00".repeat(21) }, body: "x" },
    ]),
  );
  const targets = [
    ...[
      "/%",
      "/apis/%00",
      "/apis/%ED%A0%80/x",
      "//",
      "/\\",
      "/apis/%2e%2e/x",
      "*",
      "http://[/",
      "/apis?_rsc=%&_rsc[]=x",
    ],
    ...[
      "/apis?__proto__=x",
      "/sign-in?refused=__proto__",
      "/sign-in?refused=constructor",
      "/_next/%",
      "/_next/static/%00",
    ],
    ...[
      "/_next/data/%/x.json",
      "/_next/image?url=%2F%00&w=1&q=1",
      "/apis.rsc",
      "/_global-error",
      "/%5Fglobal-error",
      "/_error",
    ],
    ...[
      "/500",
      "/404",
      "/_not-found",
      "/apis/a/b/c?nxtPorganization=x&nxtIx=1",
      "/apis/x%0d%0aA:b",
      "/\xff",
      "/apis/\xc3",
    ],
  ].flatMap((target) => [{ target }, { target, headers: { RSC: "1" } }]);
  const conditions = ["bytes=9-1", "bytes=9999999-"].map((Range): Record<string, string> => ({ Range }));
  conditions.push({ "If-Match": "x" }, { "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT" });
  const ofFiles = files.flatMap((target) => conditions.map((headers) => ({ target, headers })));
  expect(await failing(portalUrl, [...everywhere, ...targets, ...ofFiles])).toEqual([]);
  expect(await statusOf(portalUrl, { method: "TRACE", target: "/apis" })).toBe(405);
  expect(await statusOf(portalUrl, { method: "POST", target: "/mark.svg" })).toBe(405);
  expect(
    await statusOf(portalUrl, { target: "/apis", headers: { Upgrade: "h2c", Connection: "Upgrade, close" } }),
  ).toBe(200);
});

test("what is no list of arguments reaches no action, and fails nowhere (F61)", async ({ page, installation }) => {
  // The ID of an action that anybody may call, as every stranger reads it from the scripts.
  const sent = page.waitForRequest((request) => request.headers()["next-action"] !== undefined);
  await signUp(page);
  const { "next-action": id = "" } = (await sent).headers();
  const post = (body: string, type = "text/plain;charset=UTF-8", more = {}) => {
    const headers = { Origin: installation.portalUrl, "Next-Action": id, "Content-Type": type, ...more };
    return statusOf(installation.portalUrl, { method: "POST", target: "/sign-up", headers, body });
  };
  for (const body of ["x", "7", '"$F1"', '["$F1"]', '["$nx"]', '["$0:7"]', "[".repeat(5_000), "\xff\xfe\x00"])
    expect(await post(body), body.slice(0, 20)).toBe(400);
  for (const type of ["multipart/form-data; boundary=x", "multipart/form-data", "application/json", "%"])
    expect(await post("{", type), type).toBe(400);
  // Read, and refused by the action itself; whatever host the client believes it speaks to.
  expect(await post('[{"name":"$undefined"}]')).toBe(200);
  expect(await post("[{}]", undefined, { Host: "another.example" })).toBe(200);
});
