import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

const program = `
  require("node:http").createServer((req, res) => res.end(req.headers["x-forwarded-for"]))
    .listen(0, "127.0.0.1", function () { process.send(this.address().port); });`;

test("the portal hears from where a request comes, whatever the client says of itself (T31)", async () => {
  const peer = join(import.meta.dirname, "portal-peer.ts");
  const child = spawn(process.execPath, ["--import", peer, "-e", program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const [port] = (await once(child, "message")) as [number];
    const heard = async (headers: Record<string, string>) =>
      (await fetch(`http://127.0.0.1:${port}`, { headers })).text();
    expect(await heard({})).toBe("127.0.0.1");
    expect(await heard({ "X-Forwarded-For": "203.0.113.7" })).toBe("203.0.113.7, 127.0.0.1");
    expect(await heard({ "X-Forwarded-For": "203.0.113.7, 198.51.100.1" })).toBe(
      "203.0.113.7, 198.51.100.1, 127.0.0.1",
    );
  } finally {
    child.kill("SIGKILL");
  }
});
