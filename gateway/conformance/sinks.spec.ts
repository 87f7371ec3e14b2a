import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { newClientId } from "#lib/ids.ts";
import {
  type FixtureCredential,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { call, sendRaw } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders, pairInQuery } from "./kit/own-fixture.ts";
import { type OwnGateway, startGateway } from "./kit/own-gateway.ts";

// What a gateway that logs all it can writes on its outputs, and answers, when clients send the worst.

const directory = mkdtempSync(join(tmpdir(), "portico-sinks-"));
const output = join(directory, "output");
const warning = `
  import { subscribe } from "node:diagnostics_channel";
  subscribe("http.server.request.start", () => process.emitWarning("deprecated\\nin two lines", "DeprecationWarning"));`;
let gateway: OwnGateway;
let credential: FixtureCredential;
const path = { header: "", query: "", gone: "" };
const fixture = ownFixture(async ({ place, backend }) => {
  const common = { place, operations: [operation("GET", "/x", [["id", "secret"]]), operation("POST", "/open")] };
  const all = {
    header: await publish({ ...common, backendUrl: backend.url, basePath: "/sink", schemes: pairInHeaders }),
    query: await publish({ ...common, backendUrl: backend.url, basePath: "/sink-query", schemes: pairInQuery }),
    gone: await publish({
      ...common,
      backendUrl: "http://127.0.0.1:1",
      basePath: "/sink-gone",
      schemes: pairInHeaders,
    }),
  };
  const applicationId = await makeApplication(place);
  for (const each of Object.values(all)) await subscribe(applicationId, each);
  credential = await makeCredential(applicationId);
  for (const [name, published] of Object.entries(all)) path[name as keyof typeof path] = published.path;
});
beforeAll(async () => {
  gateway = await startGateway(inject("databaseUrl"), {
    command: ["/bin/sh", "-c", `exec "$@" >'${output}' 2>&1`, "sh"],
    // With the first call Node warns of something, as it may at any time.
    nodeFlags: ["--import", `data:text/javascript,${encodeURIComponent(warning)}`],
    env: { LOG_LEVEL: "trace", GATEWAY_ACCESS_LOG: "stdout" },
  });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("one JSON line an event, no secret in any form, whatever clients send (T23, T24)", async () => {
  const wrong = newClientSecret("sandbox");
  const odd = "p/c s+%\"'\u001b[31mä";
  const secrets = [credential.secret, wrong, odd];
  const answers: string[] = [];
  const send = async (target: string, headers: [string, string][] = [], method = "GET", body?: string) => {
    const answer = await call(target, { method, headers, ...(body !== undefined && { body }) }, gateway.address);
    answers.push(JSON.stringify(answer));
    return answer.status;
  };
  const raw = async (bytes: string) => void answers.push((await sendRaw(bytes, gateway.address)).text);

  expect(await send(`${path.header}/x`, pairHeaders(credential))).toBe(200);
  expect(await send(`${path.gone}/x`, pairHeaders(credential))).toBe(502);
  for (const secret of secrets) {
    const pair = { clientId: credential.clientId, secret: encodeURIComponent(secret) };
    await send(`${path.header}/x`, pairHeaders(pair));
    await send(`${path.header}/x?client_secret=${pair.secret}&client_id=${pair.clientId}`);
    await send(`${path.query}/x?client_id=${pair.clientId}&client_secret=${pair.secret}`);
    await send(`${path.query}/x/${pair.secret}`);
    await send(`/${pair.secret}/${pair.secret}`);
    await send(`${path.header}/open`, [["Content-Type", "text/plain"]], "POST", secret);
    await send(`${path.header}/x`, pairHeaders({ clientId: pair.secret, secret: newClientId() }));
    const plain = secret.replaceAll(/[^\x20-\x7e]/g, "");
    await raw(
      `GET ${path.header}/x?${plain} HTTP/1.1\r\nHost: a\r\nX-IBM-Client-Secret: ${plain}\r\nContent-Length: x\r\n\r\n`,
    );
    await raw(`NONSENSE ${plain}\r\nX-IBM-Client-Secret: ${plain}\r\n\r\n`);
  }
  // What would end a line, or command a terminal.
  const injected = '\u001b]0;owned\u0007","level":60,"msg":"forged';
  await send(`${path.header}/x%0a%1b[2J`, [["User-Agent", 'a","level":60,"msg":"forged']]);
  await raw(
    `GET ${path.header}/x HTTP/1.1\r\nHost: a\r\nUser-Agent: ${injected}\r\nX-IBM-Client-Id: ${injected}\r\n\r\n`,
  );
  await raw(`GET ${path.header}/x\n{"level":60,"msg":"forged"} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await gateway.stop();

  const text = readFileSync(output, "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  // A line for each call that was one at least, and each of them JSON.
  expect(lines.length).toBeGreaterThan(secrets.length * 6);
  for (const line of lines) {
    const event = JSON.parse(line);
    expect([event.msg, event.level]).not.toContain("forged");
  }
  expect(text).toContain('"reason":"deprecated\\nin two lines"');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret), encodeURIComponent(encodeURIComponent(secret))]) {
      expect(text).not.toContain(form);
      expect(answers.join("\n")).not.toContain(form);
    }
  }
  // The secrets did arrive: the backend has the body of the open operation.
  expect(fixture.backend.calls.map(({ body }) => body)).toContain(credential.secret);
});
