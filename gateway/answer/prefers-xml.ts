import Negotiator from "negotiator";
import type { Call } from "#gateway/call.ts";

const XML = ["application/xml", "text/xml"];
/** In the order of our own preference: JSON where the client has none. */
const OFFERED = ["application/problem+json", "application/json", ...XML];

/** More of an Accept is not read: browsers send 150 characters, and each range costs as much as the whole answer to read (F3). */
const READ_MAX = 512;

/** Whether the client would rather have XML, by its Accept with its weights. Asked only when a call is refused. */
export function prefersXml({ names, req }: Call): boolean {
  let accept = "";
  for (let i = 0; i < names.length && accept.length <= READ_MAX; i += 1) {
    if (names[i]?.lower === "accept") accept += `${accept && ","}${req.rawHeaders[i * 2 + 1]}`;
  }
  if (accept.length > READ_MAX) accept = accept.slice(0, accept.lastIndexOf(",", READ_MAX));
  if (!accept.toLowerCase().includes("xml")) return false;
  return XML.includes(new Negotiator({ headers: { accept } }).mediaType(OFFERED) ?? "");
}
