import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { definition, testGateway } from "./assembly/test-gateway.ts";

const { t } = testGateway();

test.each([
  ["close", true],
  ["close|keep-alive", true],
  ["keep-alive|close", true],
  ["close, keep-alive", true],
  ["Keep-Alive ,\tCLOSE", true],
  ["keep-alive, x-close", false],
  ["keep-alive", false],
])("of a client's Connection %j close wins, wherever it stands (F7)", async (values, closes) => {
  const { source, basePath } = definition("execute:\n  - invoke: { title: call, target-url: $(target-url) }");
  await t.put(source);
  const { hostname: host, port } = new URL(t.base);
  const fields = values.split("|").map((value) => `Connection: ${value}\r\n`);
  for (const version of ["1.0", "1.1"]) {
    const socket = connect({ host, port: Number(port) });
    const ended = once(socket, "end");
    let text = "";
    socket.on("data", (data) => {
      text += data;
    });
    const request = `GET /acme/sandbox${basePath}/open HTTP/${version}\r\nHost: a\r\n${fields.join("")}\r\n`;
    socket.write(request);
    await expect.poll(() => text).toMatch(/^HTTP\/1\.1 200 /);
    // A second call is answered, or the connection has ended.
    if (closes) await ended;
    else {
      socket.write(request);
      await expect.poll(() => text.split("HTTP/1.1 200 ")).toHaveLength(3);
    }
    expect([version, /\r\nConnection: close\r\n/i.test(text)]).toEqual([version, closes]);
    socket.destroy();
  }
});
