import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { catalogue } from "#lib/errors/catalogue.ts";
import { subjectOf } from "#lib/net/address-subject.ts";

/** A server action's arguments: Next's own bound. */
const BYTES_MAX = 1024 * 1024;
/** For a body to arrive. */
const DEADLINE_MS = 30_000;
/** Bodies under way, from their first byte to the end of the answer: of one address, of all, and from where on each has one. */
const PLACES_OF_ONE = 16;
const PLACES_MAX = 128;
const PLACES_CROWDED = 64;
/** When all are taken, one whose body has been on its way for longer makes room for the next. */
const PATIENCE_MS = 1_000;
/** Our pages send JSON as text, with a part for what JSON cannot say, and nothing that lies deeper. */
const PARTS_MAX = 100;
const DEPTH_MAX = 100;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** They read bodies themselves, when they know whose (lib/net/request-text.ts, and the token endpoint 16 KB). */
const OWN_READERS =
  /^\/(?:oidc\/token|api\/explore\/(?:call|token)|provider\/[^/?]+\/drafts\/apis\/(?:import\/run|[^/?]+\/(?:preview|save|source|test-call)))(?:\?|$)/;
/** Next fails when one is asked for by another method than these. */
const FILES = /^\/(?:mark\.svg|favicon\.ico)(?:\?|$)/;

/**
 * Takes the bodies of server actions and forms in before Next does, which would begin with each of them at once, keep
 * several copies, cut one that is sent in chunks at 1 MB and answer 500 to what it cannot read (F64). What stands here
 * is whole when Next hears of it, of known length, and one of few.
 */
export class PortalBodies {
  readonly #held = new Map<string, number>();
  /** Those that are still arriving, the oldest first. */
  readonly #arriving = new Set<Arrival>();
  #all = 0;

  /** Puts this before the listeners of a server. `addressOf` tells whose share a request takes. */
  guard(server: Server, addressOf: (request: IncomingMessage) => string): void {
    const listeners = server.listeners("request") as RequestListener[];
    server.removeAllListeners("request");
    server.on("request", async (request, response) => {
      if (request.headers["next-action"] !== undefined) blameSender(response);
      const refusal = isFileMisused(request)
        ? new Refusal(405, "This is a file.", { Allow: "GET, HEAD" })
        : await this.#take(request, response, addressOf);
      if (refusal) refusal.answer(request, response);
      else if (!request.destroyed) for (const listener of listeners) listener.call(server, request, response);
    });
  }

  async #take(
    request: IncomingMessage,
    response: ServerResponse,
    addressOf: (request: IncomingMessage) => string,
  ): Promise<Refusal | null> {
    const { headers, url = "/" } = request;
    const announced = headers["transfer-encoding"] === undefined ? Number(headers["content-length"] ?? 0) : null;
    if (announced === 0 || OWN_READERS.test(url)) return null;
    if (announced !== null && announced > BYTES_MAX) return TOO_LARGE;
    const subject = subjectOf(addressOf(request));
    if (this.#all >= PLACES_MAX) this.#endSlowest();
    const own = this.#held.get(subject) ?? 0;
    if (this.#all >= PLACES_MAX || own >= (this.#all >= PLACES_CROWDED ? 1 : PLACES_OF_ONE)) return OVERLOADED;
    const leave = this.#enter(subject);
    response.once("close", leave);
    // What came in one piece with its head.
    await new Promise((go) => setImmediate(go));
    if (request.complete && request.readableLength === 0) return null;
    const arrival = new Arrival(request, leave);
    this.#arriving.add(arrival);
    const body = await arrival.whole;
    this.#arriving.delete(arrival);
    if (body instanceof Refusal) return body;
    if (headers["next-action"] === undefined) return null;
    return isSimple(body, headers["content-type"] ?? "") ? null : UNREADABLE;
  }

  /** Takes a place of a subject; what is returned gives it back, once. */
  #enter(subject: string): () => void {
    this.#held.set(subject, (this.#held.get(subject) ?? 0) + 1);
    this.#all += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#all -= 1;
      const left = (this.#held.get(subject) ?? 1) - 1;
      if (left > 0) this.#held.set(subject, left);
      else this.#held.delete(subject);
    };
  }

  /** So that nobody keeps others out by bodies that do not come. */
  #endSlowest(): void {
    const [oldest] = this.#arriving;
    if (oldest && performance.now() - oldest.since > PATIENCE_MS) {
      this.#arriving.delete(oldest);
      oldest.end(OVERLOADED);
      oldest.leave();
    }
  }
}

class Refusal {
  readonly #status: number;
  readonly #text: string;
  readonly #headers: Record<string, string>;

  constructor(status: number, text: string, headers: Record<string, string> = {}) {
    this.#status = status;
    this.#text = text;
    this.#headers = headers;
  }

  /** A server action shows the text of such an answer. What still comes of the body is thrown away. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    if (response.destroyed) return;
    request.resume();
    const headers = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", ...this.#headers };
    response.writeHead(this.#status, { ...headers, "X-Content-Type-Options": "nosniff" }).end(this.#text);
  }
}
const TOO_LARGE = new Refusal(413, "The body is larger than 1 MB.");
const OVERLOADED = new Refusal(503, catalogue.OVERLOADED.detail, { "Retry-After": "1" });
const LATE = new Refusal(408, "The body did not arrive in time.", { Connection: "close" });
const UNREADABLE = new Refusal(400, "The portal cannot read this request.");

const isFileMisused = ({ method, url = "/" }: IncomingMessage): boolean =>
  method !== "GET" && method !== "HEAD" && FILES.test(url);

/**
 * A body on its way. Once whole it is put back, for the next reader as one piece, and its length into the headers.
 * Nothing is kept of one that is too long or late.
 */
class Arrival {
  readonly since = performance.now();
  readonly leave: () => void;
  readonly whole: Promise<Buffer | Refusal>;
  readonly #request: IncomingMessage;
  readonly #tell: (result: Buffer | Refusal) => void;
  readonly #timer = setTimeout(() => this.end(LATE), DEADLINE_MS);
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(request: IncomingMessage, leave: () => void) {
    this.#request = request;
    this.leave = leave;
    const { promise, resolve } = Promise.withResolvers<Buffer | Refusal>();
    this.whole = promise;
    this.#tell = resolve;
    request.on("readable", this.#read);
    // Whoever goes before the end leaves nothing to answer.
    request.once("close", () => this.end(LATE));
  }

  readonly #read = (): void => {
    const request = this.#request;
    // Reading on at the end of an empty body would tell its end now, to nobody.
    while (request.readableLength > 0) {
      const piece: Buffer = request.read();
      this.#bytes += piece.length;
      this.#pieces.push(piece);
      if (this.#bytes > BYTES_MAX) {
        this.end(TOO_LARGE);
        return;
      }
    }
    if (!request.complete) return;
    const body = Buffer.concat(this.#pieces);
    // Before "end" has been told, which is so in this very moment.
    if (body.length > 0) request.unshift(body);
    delete request.headers["transfer-encoding"];
    request.headers["content-length"] = String(body.length);
    this.end(body);
  };

  end(result: Buffer | Refusal): void {
    clearTimeout(this.#timer);
    this.#request.off("readable", this.#read);
    this.#pieces = [];
    this.#tell(result);
  }
}

/** What an action answers goes out as it is; 500 is only Next's word for arguments that it cannot read, which withAction never hears of. */
function blameSender(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (status: number, ...rest: unknown[]) => ServerResponse;
  response.writeHead = (status: number, ...rest: unknown[]) => writeHead(status === 500 ? 400 : status, ...rest);
}

/** Whether a body may be taken apart: thousands of parts or levels cost a hundred times what their bytes cost (F3). */
function isSimple(body: Buffer, contentType: string): boolean {
  const isMultipart = contentType.toLowerCase().includes("multipart/");
  return !(isMultipart && hasManyParts(body)) && isShallow(body, isMultipart);
}

function hasManyParts(body: Buffer): boolean {
  let parts = 0;
  for (let at = body.indexOf("--"); at >= 0 && parts <= PARTS_MAX; at = body.indexOf("\n--", at + 1)) parts += 1;
  return parts > PARTS_MAX;
}

/** Brackets within texts of JSON are text. Among parts nobody knows where one begins, so both readings have to be shallow. */
function isShallow(body: Buffer, isMultipart: boolean): boolean {
  let [depth, depthInText, isText] = [0, 0, false];
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) isText = !isText;
    else if (byte === BACKSLASH && isText) at += 1;
    else if (byte === 0x5b || byte === 0x7b) {
      if (isText) depthInText += 1;
      else depth += 1;
    } else if (byte === 0x5d || byte === 0x7d) {
      if (isText) depthInText = Math.max(0, depthInText - 1);
      else depth = Math.max(0, depth - 1);
    }
    if (depth > DEPTH_MAX || (isMultipart && depthInText > DEPTH_MAX)) return false;
  }
  return true;
}
