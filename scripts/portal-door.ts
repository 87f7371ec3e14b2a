import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";

// What Next answers with 500 and a line of the log, whoever sends it, is answered here before Next sees it (F61).

/** Next's own check of the header, so that what passes here passes there. It throws. */
const { parseAndValidateFlightRouterState } = createRequire(import.meta.url)(
  "next/dist/server/app-render/parse-and-validate-flight-router-state.js",
) as { parseAndValidateFlightRouterState: (header: string | string[] | undefined) => unknown };

/** No page and no route of the portal has any other; Next throws at TRACE. */
const METHODS = new Set(["GET", "HEAD", "POST", "OPTIONS"]);
const FILES = /^\/(?:_next\/static\/.*|mark\.svg|favicon\.ico)$/;
/** Next's page for its own failures has an address, and the status of a failure. */
const FAILURE = /^\/_global-error(?:$|[/.])/;
/** Of a file Next answers them with 500 where the answer is 412 or 416. A server may ignore a range (RFC 9110 14.2). */
const CONDITIONS = ["range", "if-range", "if-match", "if-unmodified-since"];

interface Refusal {
  status: 400 | 404 | 405;
  text: string;
  allow?: string;
}

/** What a request is refused for, before anything else is done for it; null when Next may have it. */
function refusalOf({ method = "", url = "", headers }: IncomingMessage): Refusal | null {
  if (!METHODS.has(method)) return { status: 405, text: "This method is not known here.", allow: "GET, HEAD, POST" };
  if (!url.startsWith("/") && !URL.canParse(url)) return { status: 400, text: "The request's target is no address." };
  const path = decoded(url.replace(/[?#].*$/s, ""));
  if (FAILURE.test(path)) return { status: 404, text: "There is nothing here." };
  if (FILES.test(path) && method !== "GET" && method !== "HEAD") {
    return { status: 405, text: "This is a file.", allow: "GET, HEAD" };
  }
  try {
    parseAndValidateFlightRouterState(headers["next-router-state-tree"]);
  } catch {
    return { status: 400, text: "The header Next-Router-State-Tree cannot be read." };
  }
  return null;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function refuse(response: ServerResponse, { status, text, allow }: Refusal): void {
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...(allow !== undefined && { Allow: allow }),
  });
  response.end(text);
}

/** Puts the door before whatever a server does with its requests. `upgrades`: Next's development has a socket of its own. */
export function putDoor(server: Server, options: { portalHost: string; upgrades: boolean }): void {
  const emit = server.emit.bind(server);
  server.emit = (event: string, ...args: unknown[]) => {
    if (event !== "request") return emit(event, ...args);
    const [request, response] = args as [IncomingMessage, ServerResponse];
    const refusal = refusalOf(request);
    if (refusal) {
      refuse(response, refusal);
      // A body that nobody reads would hold the connection.
      request.resume();
      return true;
    }
    for (const name of CONDITIONS) delete request.headers[name];
    // Next holds an action's Origin against it, and fails where they differ; proxy.ts holds it against PORTAL_URL.
    if (request.headers["next-action"] !== undefined) request.headers["x-forwarded-host"] = options.portalHost;
    return emit(event, ...args);
  };
  // Node closes the connection without a word where nobody listens.
  server.on("connect", (_request, socket) => {
    socket.on("error", () => {});
    socket.end(
      "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, POST\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
  });
  // A client that offers another protocol with its request gets its answer in this one (RFC 9110 7.8); Next hangs up.
  if (!options.upgrades) Object.assign(server, { shouldUpgradeCallback: () => false });
}
