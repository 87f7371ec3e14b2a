import { CHANNEL_HEADER } from "#lib/call-record/channel.ts";
import { foldedName, NAME_READ_MAX, needsDeclaration, recognisedBy } from "#lib/net/declared-headers.ts";
import { isOtherSpelling, isOurs } from "./identity-headers.ts";

/** What the gateway does with a header of a client, by its name. */
export const PASS = 0;
/** Hop-by-hop, or one that only we may set (identity-headers.ts). */
export const DROP = 1;
export const HOST = 2;
export const CONTENT_LENGTH = 3;
export const TRANSFER_ENCODING = 4;
export const EXPECT = 5;
export const CONNECTION = 6;
export const AUTHORIZATION = 7;
/** The customary names of our credentials: taken away wherever we enforce (gateway.md 2.5). */
export const CREDENTIAL = 8;
/** Who passed the request on; ours is added to it (upstream/via.ts). */
export const VIA = 9;
/** By which the portal says that a call is its own; for us alone. */
export const CHANNEL = 10;
/** Passes where the operation declares it as a parameter (declared-headers.ts). */
export const DECLARED = 11;

export interface HeaderName {
  lower: string;
  /** As CGI reads it: "-" for each sign that is no letter and no digit. */
  canonical: string;
  kind: number;
}

const CHANNEL_NAME = CHANNEL_HEADER.toLowerCase();

function kindOf(lower: string, canonical: string): number {
  switch (lower) {
    case "host":
      return HOST;
    case "content-length":
      return CONTENT_LENGTH;
    case "transfer-encoding":
      return TRANSFER_ENCODING;
    case "expect":
      return EXPECT;
    case "connection":
      return CONNECTION;
    case "authorization":
      return AUTHORIZATION;
    case "via":
      return VIA;
    case CHANNEL_NAME:
      return CHANNEL;
  }
  if (canonical === "x-ibm-client-id" || canonical === "x-ibm-client-secret") return CREDENTIAL;
  const text = recognisedBy(lower, canonical);
  if (isOurs(text) || isOtherSpelling(lower, text)) return DROP;
  return needsDeclaration(text) ? DECLARED : PASS;
}

/** Names seen, as they were written. Bounded in number and length: a client could send a new one with every call. */
const KNOWN_MAX = 2_000;
const known = new Map<string, HeaderName>();

/** A longer name is folded no further and not looked up: that would cost more than to read it (F3). */
export { NAME_READ_MAX };

/** The name in lower case with its kind; looked up, not computed, for a name that was seen before. */
export function headerName(raw: string): HeaderName {
  const isLong = raw.length > NAME_READ_MAX;
  const found = isLong ? undefined : known.get(raw);
  if (found) return found;
  const lower = raw.toLowerCase();
  const canonical = foldedName(isLong ? lower.slice(0, NAME_READ_MAX) : lower);
  const made = { lower, canonical, kind: kindOf(lower, canonical) };
  if (!isLong && known.size < KNOWN_MAX) known.set(raw, made);
  return made;
}
