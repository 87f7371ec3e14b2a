import Negotiator from "negotiator";
import type { Call } from "#gateway/call.ts";

const XML = ["application/xml", "text/xml"];
/** In the order of our own preference: JSON where the client has none. */
const OFFERED = ["application/problem+json", "application/json", ...XML];

/**
 * More of an Accept is not read: browsers send 150 characters and eight ranges, and each range is compared with each type
 * that is offered. 125 of them, which 512 characters hold, cost five times a plain 401 (F3).
 */
const READ_MAX = 512;
const RANGES_MAX = 32;

/** Whether the client would rather have XML, by its Accept with its weights. Asked only when a call is refused. */
export function prefersXml({ names, req }: Call): boolean {
  let accept = "";
  for (let i = 0; i < names.length && accept.length <= READ_MAX; i += 1) {
    if (names[i]?.lower === "accept") accept += `${accept && ","}${req.rawHeaders[i * 2 + 1]}`;
  }
  if (accept.length > READ_MAX) accept = accept.slice(0, accept.lastIndexOf(",", READ_MAX));
  let end = -1;
  for (let i = 0; i < RANGES_MAX && (i === 0 || end >= 0); i += 1) end = accept.indexOf(",", end + 1);
  if (end >= 0) accept = accept.slice(0, end);
  if (!accept.toLowerCase().includes("xml")) return false;
  return XML.includes(new Negotiator({ headers: { accept } }).mediaType(OFFERED) ?? "");
}
