import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

// Loaded into the portal (`node --import`). Next tells its routes where a request comes from only where the client did
// not say so itself, so anybody could take another address for each try (T31). Here the peer of the socket is added to
// what was said, as every proxy does: app/_server/client-address.ts reads from the right.
subscribe("http.server.request.start", (message) => {
  const { request } = message as { request: IncomingMessage };
  const said = request.headers["x-forwarded-for"];
  const peer = request.socket.remoteAddress ?? "unknown";
  request.headers["x-forwarded-for"] = said === undefined ? peer : `${said}, ${peer}`;
});
