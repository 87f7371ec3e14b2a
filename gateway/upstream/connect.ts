import type { LookupAddress } from "node:dns";
import { isIP, type OnReadOpts, type Socket, connect as tcpConnect } from "node:net";
import { createSecureContext, type SecureContext, connect as tlsConnect } from "node:tls";
import {
  ForbiddenAddressError,
  guardedLookup,
  isForbiddenLiteral,
  type Lookup,
  type OwnPorts,
  type Resolver,
} from "#lib/net/address-guard.ts";

/** What is proved on a TLS connection, and by whom. PEM. */
export interface BackendTls {
  /** The gateway's own certificate for this backend (S28), with its key; null: none. */
  identity: { certificate: string; key: string } | null;
  /** The only authorities that may vouch for the backend; null: those that Node brings. */
  authorities: string | null;
  /** Name in SNI and in the backend's certificate; null: the host of the address. */
  serverName: string | null;
}

/** Where connections to a backend lead. Backends whose `key` is the same share connections. */
export interface Endpoint {
  key: string;
  /** scheme://host:port */
  origin: string;
  /** Without brackets. */
  hostname: string;
  port: number;
  /** null: plain TCP. */
  tls: BackendTls | null;
  /** For name, connection and TLS handshake together, all tries included. */
  connectTimeoutMs: number;
}

/**
 * Which addresses may be reached: `allow` is the operator's list, `own` are Portico's own ports, which it cannot open;
 * `resolve` is the system's resolver by default.
 */
export interface AddressRule {
  allow: readonly string[];
  own?: OwnPorts;
  resolve?: Resolver;
}

/** Hands over a connection on which nothing was written yet, for TLS after its handshake. Calls back once. */
export type OpenConnection = (done: (error: Error | null, socket: Socket | null) => void) => void;

export class ConnectTimeoutError extends Error {
  readonly code = "CONNECT_TIMEOUT";
}

/** Broken while it was being made: nothing of a call was sent, so another try repeats nothing. */
const TRY_AGAIN = new Set(["ECONNRESET", "EPIPE"]);
/** One address of a name may take this long before the next is tried; Node's 250 ms is short for another continent. */
const ADDRESS_MS = 1_000;
const KEEP_ALIVE_MS = 60_000;
/** A resumed session is not checked against authorities and dates again, so it must not be resumed for long. */
const SESSION_MS = 300_000;

let publicRoots: SecureContext | undefined;

/**
 * Opens connections to one endpoint. The address is checked with each connection, for the name may lead elsewhere than
 * when it was saved (T10, T11), and what was checked is what is connected to; SNI stays the name. TLS is verified
 * always and never left out (T39). Addresses of a name are tried in turn. `lends`: a piece of "data" is the listener's
 * only until it returns.
 */
export function connector(endpoint: Endpoint, rule: AddressRule, lends = false): OpenConnection {
  const { hostname, tls, connectTimeoutMs } = endpoint;
  let context: SecureContext | undefined;
  let session: { ticket: Buffer; atMs: number } | undefined;

  const start = (attempt: number): Socket => {
    const options = {
      host: hostname,
      port: endpoint.port,
      lookup: startingAt(attempt, guardedLookup(rule.allow, rule.resolve, endpoint.port, rule.own)),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ADDRESS_MS,
    };
    if (!tls) return lends ? connectLending(options) : tcpConnect(options as never);
    context ??= contextOf(tls);
    const resumed = session && Date.now() - session.atMs < SESSION_MS ? session.ticket : undefined;
    const socket = tlsConnect({
      ...(options as object),
      secureContext: context,
      // An address is no server name; the certificate is compared with it all the same.
      servername: tls.serverName ?? (isIP(hostname) === 0 ? hostname : ""),
      ALPNProtocols: ["http/1.1"],
      // Said aloud, so that no variable of the environment can switch it off.
      rejectUnauthorized: true,
      ...(resumed && { session: resumed }),
    });
    // A later ticket of a resumed session is as old as the session's first.
    socket.on("session", (ticket) => {
      const atMs = socket.isSessionReused() ? (session?.atMs ?? 0) : Date.now();
      session = { ticket, atMs };
    });
    return socket;
  };

  return (done) => {
    if (isForbiddenLiteral(hostname, rule.allow, endpoint.port, rule.own))
      return done(new ForbiddenAddressError(hostname), null);
    let current: Socket | undefined;
    let timer: NodeJS.Timeout | undefined;
    const finish = (error: Error | null, socket: Socket | null) => {
      clearTimeout(timer);
      timer = undefined;
      done(error, socket);
    };
    const attempt = (count: number) => {
      let ready = false;
      const socket = start(count);
      current = socket;
      socket.once(tls ? "secureConnect" : "connect", () => {
        if (timer === undefined) return;
        ready = true;
        finish(null, socket);
      });
      socket.on("error", (error: NodeJS.ErrnoException) => {
        // Once it is there, whoever uses the connection listens.
        if (ready || timer === undefined) return;
        if (count === 0 && TRY_AGAIN.has(error.code ?? "")) attempt(1);
        else finish(error, null);
      });
    };
    timer = setTimeout(() => {
      finish(new ConnectTimeoutError(`no connection to ${hostname} within ${connectTimeoutMs} ms`), null);
      current?.destroy();
    }, connectTimeoutMs);
    try {
      attempt(0);
    } catch (error) {
      // Key or certificate that OpenSSL does not take.
      finish(error instanceof Error ? error : new Error("no connection"), null);
    }
  };
}

/** What was received last on any plain connection. */
const received = Buffer.allocUnsafeSlow(65_536);

/**
 * A plain connection that reads into memory which all of them share, where Node would get 64 KB for each piece and take
 * it through a queue.
 */
function connectLending(options: object): Socket {
  const onread: OnReadOpts = {
    buffer: received,
    callback: (length) => {
      socket.emit("data", received.subarray(0, length));
      return true;
    },
  };
  const socket: Socket = tcpConnect({ ...options, onread } as never);
  return socket;
}

function contextOf({ identity, authorities }: BackendTls): SecureContext {
  if (!identity && !authorities) {
    publicRoots ??= createSecureContext();
    return publicRoots;
  }
  return createSecureContext({
    ...(identity && { cert: identity.certificate, key: identity.key }),
    ...(authorities !== null && { ca: authorities }),
  });
}

/** Another try begins with another address of the name, where it has one. */
function startingAt(first: number, lookup: Lookup): Lookup {
  if (first === 0) return lookup;
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      const turned = Array.isArray(found) ? turn(found, first) : found;
      callback(error, turned, family);
    });
}

const turn = (found: LookupAddress[], by: number): LookupAddress[] => [...found.slice(by), ...found.slice(0, by)];
