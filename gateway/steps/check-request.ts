import { noteClient, notePeer } from "#gateway/admission/client-address.ts";
import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import { announceBody, type Call } from "#gateway/call.ts";
import {
  CHANNEL,
  CONNECTION,
  CONTENT_LENGTH,
  EXPECT,
  HOST,
  headerName,
  TRANSFER_ENCODING,
  VIA,
} from "#gateway/header-names.ts";
import { ignoresUpgrade } from "#gateway/ignored-upgrade.ts";
import { lastCall, saysClose } from "#gateway/last-answer.ts";
import { readChannel } from "#lib/call-record/channel.ts";
import type { Cause } from "#lib/errors/refusals.ts";

/** Bytes of the request target, and of all header names and values (T5). */
export const TARGET_BYTES_MAX = 8_192;
export const HEADER_BYTES_MAX = 16_384;
export const HEADERS_MAX = 100;

/**
 * Characters that a path may hold: those of RFC 3986 and some that clients leave unencoded. Not among them: `\`, which
 * many servers take for "/", `;`, after which some cut a segment off, `#`, and everything that is not printable ASCII.
 */
const PATH = /^[A-Za-z0-9\-._~!$&'()*+,=:@/%"<>[\]^`{|}]+$/;
/** Printable ASCII without `#`. */
const QUERY = /^[!"$-~]*$/;
/** Encoded `/`, `\`, `;` and control characters: a backend that decodes before it routes would see another path (T2). */
const ENCODED_TRICK = /%(?:2f|5c|3b|[01][0-9a-f]|7f)/i;
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;
const BROKEN_ENCODING = /%(?![0-9a-f]{2})/i;
const HOST_VALUE = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Refuses what Node's parser lets through (gateway.md part 6) and reads the request line and framing into the call:
 * 400 REQUEST_MALFORMED, 413, 414, 431, 503 while the snapshot is not loaded or too old, or too many calls are in flight.
 */
export function checkRequest(call: Call): Refused | undefined {
  // First of all: a call too many must cost next to nothing.
  if (call.gateway.inFlight > call.gateway.admission.callsMax) return refuse("OVERLOADED");
  const overShare = notePeer(call);
  if (overShare) return overShare;
  const target = call.req.url ?? "";
  if (target.length > TARGET_BYTES_MAX) return refuse("URI_TOO_LONG");
  const refused = checkHeaders(call) ?? checkTarget(call, target) ?? noteClient(call);
  if (refused) return refused;
  if (call.contentLength > call.gateway.bodyBytesMax) return refuse("BODY_TOO_LARGE", "body-announced");
  if (!call.gateway.ready) return refuse("NOT_READY");
  return call.startedAtMs > call.gateway.freshUntilMs ? refuse("STALE") : undefined;
}

function checkHeaders(call: Call): Refused | undefined {
  // Node's parser takes HTTP/0.9 and HTTP/2.0 in a request line for HTTP/1 (T22).
  if (call.req.httpVersionMajor !== 1) return refuse("REQUEST_MALFORMED");
  const raw = call.req.rawHeaders;
  if (raw.length > HEADERS_MAX * 2) return refuse("HEADERS_TOO_LARGE", "headers-too-many");
  let bytes = 0;
  let hosts = 0;
  let lengths = 0;
  let codings = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const name = headerName(raw[i] as string);
    const value = raw[i + 1] as string;
    // ": " and CR LF count as well
    bytes += name.lower.length + value.length + 4;
    call.names.push(name);
    switch (name.kind) {
      case HOST:
        hosts += 1;
        call.host = value;
        break;
      case CONTENT_LENGTH:
        lengths += 1;
        call.contentLength = Number(value);
        break;
      case TRANSFER_ENCODING:
        codings += 1;
        if (value.toLowerCase() !== "chunked") return malformed("framing-malformed");
        break;
      case CONNECTION:
        // In HTTP/1.0 Node's parser lets a keep-alive win.
        if (call.req.httpVersionMinor === 0 && saysClose(value)) lastCall(call);
        // The two that everybody sends name no header.
        if (value !== "keep-alive" && value !== "close") {
          const tokens = value.toLowerCase();
          call.connectionTokens += `,${tokens}`;
          if (tokens.includes("upgrade") && asksForUpgrade(raw) && !ignoresUpgrade(call.req.socket)) lastCall(call);
        }
        break;
      case VIA:
        call.via = call.via === "" ? value : `${call.via}, ${value}`;
        break;
      case CHANNEL:
        call.channel = readChannel(value, call.startedAtMs);
        break;
      case EXPECT:
        if (value.toLowerCase() !== "100-continue") return malformed("expectation-unknown");
    }
  }
  if (bytes > HEADER_BYTES_MAX) return refuse("HEADERS_TOO_LARGE", "headers-too-long");
  const isHttp11 = call.req.httpVersionMinor === 1;
  // Two Hosts route differently at different hops (T4); HTTP/1.0 needs none.
  if (hosts > 1 || (hosts === 0 && isHttp11)) return malformed("host-malformed");
  if (hosts === 1 && !HOST_VALUE.test(call.host)) return malformed("host-malformed");
  // Both framings at once, or one of them twice, is request smuggling (T1).
  if (lengths + codings > 1 || (codings === 1 && !isHttp11)) return malformed("framing-malformed");
  if (!Number.isSafeInteger(call.contentLength) || call.contentLength < 0) return malformed("framing-malformed");
  if (codings === 1) call.contentLength = -1;
  if (call.contentLength !== 0) announceBody(call);
  return undefined;
}

/** Without the header, `Connection: upgrade` asks for nothing (RFC 9110 7.8), and the parser reads on. */
function asksForUpgrade(raw: readonly string[]): boolean {
  return raw.some((text, i) => i % 2 === 0 && text.length === 7 && text.toLowerCase() === "upgrade");
}

const malformed = (cause: Cause): Refused => refuse("REQUEST_MALFORMED", cause);

/** The path that is routed is the path that is forwarded: what a backend could read in another way is refused. */
function checkTarget(call: Call, target: string): Refused | undefined {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? "" : target.slice(mark + 1);
  // Absolute-form ("http://evil/x"), authority-form and "*" do not start with "/".
  if (path.charCodeAt(0) !== 47 || !PATH.test(path) || path.includes("//")) return malformed("target-malformed");
  if (query !== "" && !QUERY.test(query)) return malformed("target-malformed");
  if ((path.includes("%") || path.includes("/.")) && !isPlainPath(path)) return malformed("target-malformed");
  call.path = path;
  call.query = query;
  return undefined;
}

function isPlainPath(path: string): boolean {
  if (BROKEN_ENCODING.test(path) || ENCODED_TRICK.test(path)) return false;
  try {
    return !DOT_SEGMENT.test(decodeURIComponent(path));
  } catch {
    // Not UTF-8.
    return false;
  }
}
