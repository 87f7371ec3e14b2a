import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface RawBackend {
  url: string;
  /** Requests whose headers have come. */
  requests: number;
  /** What is done when a request's headers have come; `body` is what came with them. */
  answer: (socket: Socket, body: string, head: string) => void;
  stop(): Promise<void>;
}

/** A backend that answers bytes as they are, one request on a connection. */
export async function startRawBackend(): Promise<RawBackend> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
    let text = "";
    const take = (piece: Buffer) => {
      text += piece.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.off("data", take);
      backend.requests += 1;
      backend.answer(socket, text.slice(end + 4), text.slice(0, end + 2));
      socket.resume();
    };
    socket.on("data", take);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const backend: RawBackend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: 0,
    answer: (socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return backend;
}
