import Negotiator from "negotiator";
import type { Call } from "#gateway/call.ts";

const XML = ["application/xml", "text/xml"];
/** In the order of our own preference: JSON where the client has none. */
const OFFERED = ["application/problem+json", "application/json", ...XML];

/** Whether the client would rather have XML, by its Accept with its weights. Asked only when a call is refused. */
export function prefersXml({ names, req }: Call): boolean {
  let accept = "";
  for (let i = 0; i < names.length; i += 1) {
    if (names[i]?.lower === "accept") accept += `${accept && ","}${req.rawHeaders[i * 2 + 1]}`;
  }
  if (!accept.toLowerCase().includes("xml")) return false;
  return XML.includes(new Negotiator({ headers: { accept } }).mediaType(OFFERED) ?? "");
}
