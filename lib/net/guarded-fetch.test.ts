import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { guardedFetch } from "./guarded-fetch.ts";

const loopback = ["127.0.0.0/8", "::1/128"];
const open: Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  return listen(createServer(listener));
}

async function listen(server: Server): Promise<string> {
  open.push(server);
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function refusal(address: string, bounds: Parameters<typeof guardedFetch>[1] = { allow: loopback }) {
  const error = await guardedFetch(address, bounds).then(
    () => null,
    (e) => e,
  );
  expect(error).toMatchObject({ code: "FETCH_FAILED", fields: [{ field: "url" }] });
  return error.detail as string;
}

describe("T13: fetching a definition by address", () => {
  it("reads a text from a host that the operator allows", async () => {
    const at = await serve((_, answer) => answer.end("openapi: 3.0.3"));
    expect(await guardedFetch(`${at}/api.yaml`, { allow: loopback })).toBe("openapi: 3.0.3");
  });

  it("T10: reaches no forbidden network, by literal, by notation or by name", async () => {
    let calls = 0;
    const at = await serve((_, answer) => {
      calls += 1;
      answer.end();
    });
    const { port } = new URL(at);
    for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"]) {
      await refusal(`http://${host}:${port}/`, { allow: [] });
      await refusal(`https://${host}:8443/`, { allow: [] });
    }
    expect(await refusal("https://169.254.169.254/latest/", { allow: loopback })).toContain("may not be reached");
    expect(calls).toBe(0);
  });

  it("takes only https and usual ports from hosts that nobody allowed", async () => {
    expect(await refusal("http://8.8.8.8/api.yaml")).toContain("must start with https://");
    expect(await refusal("https://8.8.8.8:22/api.yaml")).toContain("Port 22");
    expect(await refusal("ftp://example.com/api.yaml")).toContain("https://");
    expect(await refusal("file:///etc/passwd")).toContain("https://");
    expect(await refusal("nonsense")).toContain("Enter an address");
  });

  it("takes no credentials in the address", async () => {
    expect(await refusal("https://user:pass@example.com/")).toContain("user name and password");
  });

  it("T12: follows three redirects and no fourth, each checked anew", async () => {
    const at = await serve((request, answer) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) answer.end("done");
      else answer.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect(await guardedFetch(`${at}/3`, { allow: loopback })).toBe("done");
    expect(await refusal(`${at}/4`)).toContain("more than 3");
  });

  it("T12: a redirect leads to no address that would be refused by itself", async () => {
    let calls = 0;
    const inner = await serve((_, answer) => {
      calls += 1;
      answer.end("secret");
    });
    const innerPort = new URL(inner).port;
    let location = "";
    const at = await serve((_, answer) => answer.writeHead(302, { location }).end());
    for (location of [
      "http://169.254.169.254/latest/meta-data/",
      "https://10.0.0.1/",
      "file:///etc/passwd",
      `http://127.0.0.2:${innerPort}/`,
      `http://[::1]:${innerPort}/`,
      `http://user:pass@127.0.0.1:${innerPort}/`,
    ]) {
      // The first host is allowed by its exact address; what it points to is not.
      await refusal(at, { allow: ["127.0.0.1/32"] });
    }
    expect(calls).toBe(0);
  });

  it("T19: counts bytes after decompression", async () => {
    const body = gzipSync(Buffer.alloc(6 * 1024 * 1024, 0x61));
    const at = await serve((_, answer) => answer.writeHead(200, { "content-encoding": "gzip" }).end(body));
    expect(body.length).toBeLessThan(10_000);
    expect(await refusal(at)).toContain("larger than 5 MB");
  });

  it("stops an answer that never ends, and one that never begins", async () => {
    const endless = await serve((_, answer) => {
      answer.write("a");
    });
    const silent = await listen(createTcpServer(() => {}));
    for (const at of [endless, silent]) {
      const started = performance.now();
      expect(await refusal(at, { allow: loopback, deadlineMs: 300 })).toContain("within 0.3 s");
      expect(performance.now() - started).toBeLessThan(3_000);
    }
  });

  it("says what the server said", async () => {
    const missing = await serve((_, answer) => answer.writeHead(404).end());
    expect(await refusal(missing)).toContain("answered 404 Not Found");
    const page = await serve((_, answer) => answer.writeHead(200, { "content-type": "text/html" }).end("<p>"));
    expect(await refusal(page)).toContain("web page");
    const gone = await serve(() => {});
    await new Promise((done) => open.pop()?.close(done));
    expect(await refusal(gone)).toContain("refused the connection");
  });

  it("T10: repeats nothing that a server wrote: no status text, no redirect's host (F9)", async () => {
    const marked = await serve((_, answer) => answer.writeHead(500, "MARKED secret").end("MARKED"));
    expect(await refusal(marked)).not.toContain("MARKED");
    for (const location of [
      "http://marked.internal:22/",
      "http://10.1.2.3/marked",
      "marked://x",
      "http://marked:x@a/",
    ]) {
      const at = await serve((_, answer) => answer.writeHead(302, { location }).end());
      expect(await refusal(at)).not.toMatch(/marked|10\.1\.2\.3/i);
    }
  });
});
