import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const program = `
  require("node:http").createServer((req, res) => res.end(req.headers["x-forwarded-for"] + " " + req.url))
    .listen(0, "127.0.0.1", function () { process.send(this.address().port); });`;

const peer = join(import.meta.dirname, "portal-peer.ts");

/** Runs a server behind portal-peer, which answers with what it hears: the peers, a space, the target. */
async function behindPeer(
  work: (heard: (target: string, headers?: Record<string, string>) => Promise<string>) => Promise<void>,
) {
  const child = spawn(process.execPath, ["--import", peer, "-e", program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const [port] = (await once(child, "message")) as [number];
    await work((path, headers = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      // Not fetch: it would escape the target.
      get({ host: "127.0.0.1", port, path, headers, agent: false }, async (res) => resolve(await text(res))).on(
        "error",
        reject,
      );
      return promise;
    });
  } finally {
    child.kill("SIGKILL");
  }
}

test("the portal hears from where a request comes, whatever the client says of itself (T31)", async () => {
  await behindPeer(async (heard) => {
    expect(await heard("/")).toBe("127.0.0.1 /");
    expect(await heard("/", { "X-Forwarded-For": "203.0.113.7" })).toBe("203.0.113.7, 127.0.0.1 /");
    expect(await heard("/", { "X-Forwarded-For": "203.0.113.7, 198.51.100.1" })).toBe(
      "203.0.113.7, 198.51.100.1, 127.0.0.1 /",
    );
  });
});

test("a segment that is no escape of UTF-8 is plain text to the portal, the others stay as they are (F61)", async () => {
  await behindPeer(async (heard) => {
    for (const [target, expected] of [
      ["/apis/%", "/apis/%25"],
      ["/a%20b/%ED%A0%80%41?q=%", "/a%20b/%25ED%25A0%2580%2541?q=%"],
      ["/%C3%28/%C3%A9", "/%25C3%2528/%C3%A9"],
      ["/a%00/%2F?x=%ED%A0%80", "/a%00/%2F?x=%ED%A0%80"],
    ] as const) {
      expect(await heard(target)).toBe(`127.0.0.1 ${expected}`);
    }
  });
});
