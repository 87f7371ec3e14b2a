import { once } from "node:events";
import { createServer as createPlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Issued } from "#lib/test-kit/certificates.ts";

/** What a backend that speaks TLS saw of one call. */
export interface SeenTlsCall {
  url: string;
  /** Common name of the client certificate that was verified; undefined: none. */
  client: string | undefined;
  serverName: string | false | null;
  /** Number of the connection. */
  connection: number;
}

export interface TlsBackend {
  /** By the name localhost. */
  url: string;
  port: number;
  calls: SeenTlsCall[];
  /** Bytes that came without TLS. */
  plainBytes: number;
  stop(): Promise<void>;
}

export interface TlsBackendOptions {
  own: Issued;
  /** PEM of the authority whose client certificates are demanded; none are when left out. */
  clientAuthority?: string;
  tls?: "TLSv1.2" | "TLSv1.3";
  /** Keeps the answer of /stream open until it is called. */
  onStream?: (end: () => void) => void;
}

/** A backend on loopback with a certificate of its own. */
export async function startTlsBackend(options: TlsBackendOptions): Promise<TlsBackend> {
  const { own, clientAuthority, tls = "TLSv1.3" } = options;
  const numbers = new WeakMap<Socket, number>();
  let connections = 0;
  const server: Server = createServer({
    cert: own.certificate,
    key: own.key,
    minVersion: tls,
    maxVersion: tls,
    ...(clientAuthority && { ca: clientAuthority, requestCert: true, rejectUnauthorized: true }),
  });
  server.on("connection", (socket: Socket) => {
    connections += 1;
    socket.on("error", () => undefined);
  });
  server.on("secureConnection", (socket: TLSSocket) => void numbers.set(socket, connections));
  server.on("tlsClientError", (error) => {
    if (/http request/.test(error.message)) backend.plainBytes += 1;
  });
  server.on("request", (req, res) => {
    const socket = req.socket as TLSSocket;
    backend.calls.push({
      url: req.url ?? "",
      client: clientAuthority && String(socket.getPeerCertificate().subject?.CN),
      serverName: socket.servername,
      connection: numbers.get(socket) ?? 0,
    });
    if (req.url === "/stream" && options.onStream) {
      res.writeHead(200);
      res.write("first");
      options.onStream(() => res.end("last"));
    } else res.end("ok");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const backend: TlsBackend = {
    url: `https://localhost:${port}`,
    port,
    calls: [],
    plainBytes: 0,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return backend;
}

export interface TokenServer {
  url: string;
  /** Body and Authorization of each request. */
  requests: { body: string; authorization: string | undefined }[];
  /** Status and body of the next answers; the default is a token of an hour. */
  answer: ((count: number) => { status: number; body: unknown; headers?: Record<string, string> }) | undefined;
  /** Resolves when the next request has come; it is answered after `go`. */
  hold: Promise<void> | undefined;
  stop(): Promise<void>;
}

/** An authorization server for the client credentials grant: its tokens are "token-1", "token-2", … */
export async function startTokenServer(): Promise<TokenServer> {
  const server = createPlainServer(async (req, res) => {
    let body = "";
    for await (const piece of req) body += piece;
    tokens.requests.push({ body, authorization: req.headers.authorization });
    const count = tokens.requests.length;
    await tokens.hold;
    const {
      status,
      body: answer,
      headers,
    } = tokens.answer?.(count) ?? {
      status: 200,
      body: { access_token: `token-${count}`, token_type: "Bearer", expires_in: 3_600 },
    };
    res.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const tokens: TokenServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    requests: [],
    answer: undefined,
    hold: undefined,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return tokens;
}
