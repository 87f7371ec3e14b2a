import { subscribe } from "node:diagnostics_channel";
import { type IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { readSettings } from "#lib/env.ts";
import { addressBehind } from "#lib/net/client-address.ts";
import { entriesOf, portalProxies } from "#lib/net/network-list.ts";
import { PortalBodies } from "./portal-bodies.ts";
import { PortalConnections } from "./portal-connections.ts";
import { putDoor } from "./portal-door.ts";

// Loaded into the portal (`node --import`). Next tells its routes where a request comes from only where the client did
// not say so itself, so anybody could take another address for each try (T31). Here the peer of the socket is added to
// what was said, as every proxy does: app/_server/client-address.ts reads from the right.
subscribe("http.server.request.start", (message) => {
  const { request } = message as { request: IncomingMessage };
  const said = request.headers["x-forwarded-for"];
  const peer = request.socket.remoteAddress ?? "unknown";
  request.headers["x-forwarded-for"] = said === undefined ? peer : `${said}, ${peer}`;
  // Next has a page for what it cannot decode, and fails when it shows it: 500 for "/apis/%" (F61). Taken as it is
  // written, it is the address of nothing.
  request.url = decodable(request.url ?? "/");
});

const { PORTAL_CONNECTIONS_PER_ADDRESS, PORTAL_CONNECTIONS_MAX, TRUSTED_PROXIES, PORTAL_URL } = readSettings();
const proxies = portalProxies(TRUSTED_PROXIES);
const connections = new PortalConnections(
  { ofOne: PORTAL_CONNECTIONS_PER_ADDRESS, ofAll: PORTAL_CONNECTIONS_MAX },
  proxies,
);
const bodies = new PortalBodies();
const guarded = new WeakSet<Server>();

/** As app/_server/client-address.ts reads it. */
function addressOf({ headers }: IncomingMessage): string {
  const entries = entriesOf(String(headers["x-forwarded-for"]));
  return addressBehind(entries.pop() ?? "", entries, proxies);
}

const door = { portalHost: new URL(PORTAL_URL).host, upgrades: process.argv.includes("dev") };

subscribe("net.server.socket", (message) => {
  const { socket } = message as { socket: Socket & { server?: unknown } };
  if (!(socket.server instanceof Server)) return;
  connections.take(socket.server, socket);
  if (guarded.has(socket.server)) return;
  guarded.add(socket.server);
  bodies.guard(socket.server, addressOf);
  // Outermost: what it refuses, nothing else is done for.
  putDoor(socket.server, door);
});

/** The same target, its segments that are no escapes of UTF-8 as plain text. */
function decodable(target: string): string {
  const end = target.search(/[?#]|$/);
  const path = target.slice(0, end);
  if (isDecodable(path)) return target;
  const segments = path.split("/").map((segment) => (isDecodable(segment) ? segment : segment.replaceAll("%", "%25")));
  return segments.join("/") + target.slice(end);
}

function isDecodable(text: string): boolean {
  if (!text.includes("%")) return true;
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
