import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { afterEach, expect, test } from "vitest";
import type { Resolver } from "#lib/net/address-guard.ts";
import { issue } from "#lib/test-kit/certificates.ts";
import { type AddressRule, type BackendTls, connector, type Endpoint } from "./connect.ts";

const open: (Server | Socket)[] = [];
afterEach(() => {
  for (const each of open.splice(0)) "destroy" in each ? each.destroy() : each.close();
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  server.on("connection", (socket) => open.push(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const LOOPBACK = ["127.0.0.0/8"];
const NO_TLS_SETTINGS: BackendTls = { identity: null, authorities: null, serverName: null };

const endpoint = (hostname: string, port: number, more: Partial<Endpoint> = {}): Endpoint => ({
  key: "",
  origin: "",
  hostname,
  port,
  tls: null,
  connectTimeoutMs: 2_000,
  ...more,
});

/** Answers a name with these lists of addresses, one after the other. */
function resolver(...answers: string[][]): { resolve: Resolver; asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolver = (hostname, _options, done) => {
    asked.push(hostname);
    const addresses = answers.length > 1 ? (answers.shift() as string[]) : (answers[0] ?? []);
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  };
  return { resolve, asked };
}

/** The connection, or the code of what went wrong. */
function connect(to: Endpoint, rule: AddressRule): Promise<Socket | string> {
  return new Promise((done) =>
    connector(
      to,
      rule,
    )((error, socket) => {
      if (socket) open.push(socket);
      done(socket ?? (error as NodeJS.ErrnoException).code ?? String(error));
    }),
  );
}

test("T11: a name that led to a public address and now leads to loopback is not connected to", async () => {
  let connections = 0;
  const server = createServer();
  server.on("connection", () => {
    connections += 1;
  });
  const port = await listen(server);
  const { resolve } = resolver(["93.184.216.34"], ["127.0.0.1"]);
  // As when it was saved: the name passes.
  await new Promise((done) => resolve("backend.example", { all: true }, done));
  expect(await connect(endpoint("backend.example", port), { allow: [], resolve })).toBe("ADDRESS_FORBIDDEN");
  expect(connections).toBe(0);
});

test("T11: every connection asks anew, and goes to the address that was checked", async () => {
  const port = await listen(createServer());
  const { resolve, asked } = resolver(["10.0.0.1", "127.0.0.1"], ["10.0.0.1"]);
  const to = endpoint("backend.example", port);
  const first = await connect(to, { allow: LOOPBACK, resolve });
  expect((first as Socket).remoteAddress).toBe("127.0.0.1");
  expect(await connect(to, { allow: LOOPBACK, resolve })).toBe("ADDRESS_FORBIDDEN");
  expect(asked).toEqual(["backend.example", "backend.example"]);
});

test.each(["127.0.0.1", "2130706433", "0x7f.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "64:ff9b::7f00:1"])(
  "T10: the address %s is not connected to, whatever was saved",
  async (hostname) => {
    expect(await connect(endpoint(hostname, 80), { allow: [] })).toBe("ADDRESS_FORBIDDEN");
  },
);

test("T11: SNI and the certificate's name are the host's, whatever the address", async () => {
  const authority = issue({ authority: true, commonName: "authority" });
  const own = issue({ issuer: authority, hosts: ["backend.example", "inner.example"] });
  const seen: (string | false | null)[] = [];
  const server = createTlsServer({ cert: own.certificate, key: own.key });
  server.on("secureConnection", (socket: TLSSocket) => seen.push(socket.servername));
  const port = await listen(server);
  const rule = { allow: LOOPBACK, resolve: resolver(["127.0.0.1"]).resolve };
  const tls = { ...NO_TLS_SETTINGS, authorities: authority.certificate };
  expect(await connect(endpoint("backend.example", port, { tls }), rule)).toBeTypeOf("object");
  const named = { ...tls, serverName: "inner.example" };
  expect(await connect(endpoint("backend.example", port, { tls: named }), rule)).toBeTypeOf("object");
  expect(await connect(endpoint("other.example", port, { tls }), rule)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(seen.slice(0, 2)).toEqual(["backend.example", "inner.example"]);
});

test("T39: no variable of the environment switches the verification of TLS off", async () => {
  const own = issue({ hosts: ["backend.example"] });
  const port = await listen(createTlsServer({ cert: own.certificate, key: own.key }));
  const rule = { allow: LOOPBACK, resolve: resolver(["127.0.0.1"]).resolve };
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  const found = await connect(endpoint("backend.example", port, { tls: NO_TLS_SETTINGS }), rule);
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  expect(found).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
});

test("pieces that are lent are the listener's until it returns, and pause and end work as on any socket", async () => {
  const server = createServer((socket) => socket.end("from the backend"));
  const to = endpoint("127.0.0.1", await listen(server));
  const socket = await new Promise<Socket>((done) =>
    connector(to, { allow: LOOPBACK }, true)((_error, opened) => done(opened as Socket)),
  );
  const lent: { piece: Buffer; text: string }[] = [];
  socket.on("data", (piece: Buffer) => lent.push({ piece, text: piece.toString("latin1") }));
  socket.pause();
  await once(await nextOf(to), "end");
  expect(lent).toEqual([]);
  socket.resume();
  await once(socket, "end");
  expect(lent.map(({ text }) => text).join("")).toBe("from the backend");
  const other = await nextOf(to);
  // The same memory again.
  other.once("data", (piece: Buffer) => expect(piece.buffer).toBe(lent[0]?.piece.buffer));
  await once(other, "end");
  expect.assertions(3);
});

/** Another lending connection. */
function nextOf(to: Endpoint): Promise<Socket> {
  return new Promise((done) =>
    connector(
      to,
      { allow: LOOPBACK },
      true,
    )((_error, socket) => {
      socket?.resume();
      done(socket as Socket);
    }),
  );
}

test("a refused connection goes on to the next address of the name", async () => {
  const server = createServer();
  const port = await listen(server);
  const { resolve } = resolver(["127.0.0.2", "127.0.0.1"]);
  const found = await connect(endpoint("backend.example", port), { allow: LOOPBACK, resolve });
  expect((found as Socket).remoteAddress).toBe("127.0.0.1");
  const { port: free } = await nobody();
  expect(await connect(endpoint("127.0.0.1", free), { allow: LOOPBACK })).toBe("ECONNREFUSED");
});

async function nobody(): Promise<AddressInfo> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return address;
}

test("a handshake that is reset before a call was sent is tried once more, and not twice", async () => {
  let connections = 0;
  const port = await listen(
    createServer((socket) => {
      connections += 1;
      socket.once("data", () => socket.resetAndDestroy());
    }),
  );
  const to = endpoint("127.0.0.1", port, { tls: NO_TLS_SETTINGS });
  expect(await connect(to, { allow: LOOPBACK })).toBe("ECONNRESET");
  expect(connections).toBe(2);
});

test("a handshake that does not end is given up in time", async () => {
  const port = await listen(createServer());
  const to = endpoint("127.0.0.1", port, { tls: NO_TLS_SETTINGS, connectTimeoutMs: 100 });
  expect(await connect(to, { allow: LOOPBACK })).toBe("CONNECT_TIMEOUT");
});

test("a key that OpenSSL does not take fails the connection, not the process", async () => {
  const identity = { certificate: issue().certificate, key: issue().key };
  const to = endpoint("127.0.0.1", 1, { tls: { ...NO_TLS_SETTINGS, identity } });
  expect(await connect(to, { allow: LOOPBACK })).toBe("ERR_OSSL_X509_KEY_VALUES_MISMATCH");
});
