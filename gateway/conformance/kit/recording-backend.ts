import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the backend saw of one call. */
export interface SeenCall {
  method: string;
  url: string;
  /** name, value, name, … as received. */
  rawHeaders: string[];
  body: string;
  /** The request came to its end. */
  complete: boolean;
}

export interface RecordingBackend {
  url: string;
  calls: SeenCall[];
  /** Answers in place of the default `{"ok":true}`; set it to undefined to get that back. */
  answer: RequestListener | undefined;
  /** Values of a header in the last call. */
  header(name: string): string[];
  stop(): Promise<void>;
}

/** A backend on loopback that notes everything that reaches it. */
export async function startBackend(): Promise<RecordingBackend> {
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const seen: SeenCall = {
      method: req.method ?? "",
      url: req.url ?? "",
      rawHeaders: req.rawHeaders,
      body: "",
      complete: false,
    };
    backend.calls.push(seen);
    if (backend.answer) return void backend.answer(req, res);
    req.setEncoding("utf8");
    req.on("data", (text: string) => {
      seen.body += text;
    });
    req.on("end", () => {
      seen.complete = true;
      res.setHeader("content-type", "application/json");
      res.end('{"ok":true}');
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const backend: RecordingBackend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    answer: undefined,
    header(name) {
      const raw = backend.calls.at(-1)?.rawHeaders ?? [];
      return raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === name.toLowerCase());
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return backend;
}
