import { STATUS_CODES } from "node:http";
import { type Cause, publicCode, type Refusal, refusals } from "#lib/errors/refusals.ts";

/** One refusal as it goes on the wire; everything but the request ID is rendered once. */
interface Rendered {
  status: number;
  code: string;
  title: string;
  detail: string;
  json: Form;
}

/** One of the two forms of an answer. */
interface Form {
  /** Body before and after the request ID; `tail` is null where the body has no place for it. */
  head: string;
  tail: string | null;
  headers: readonly string[];
}

/** What a step answers instead of letting the call go on. */
export interface Refused {
  rendered: Rendered;
  /** For the owner of the application, recorded and never sent (gateway.md part 3). */
  cause: Cause | null;
  /** Headers of this one answer: Allow, Retry-After. */
  extra: readonly string[];
}

/** Length of a UUID, which stands in every body. */
const REQUEST_ID_LENGTH = 36;
/** There is no registered scheme for API keys; RFC 9110 11.6.1 demands one all the same. */
const CHALLENGE = 'ApiKey realm="portico"';
/** RFC 6750 3.1, for who came with a token. */
const BEARER_CHALLENGE = 'Bearer error="invalid_token"';

function render(refusal: Refusal, detail: string): Rendered {
  const { status } = refusals[refusal];
  const title = STATUS_CODES[status] ?? "Error";
  const code = publicCode(refusal);
  return { status, code, title, detail, json: toJson(status, title, code, detail) };
}

function toJson(status: number, title: string, code: string, detail: string): Form {
  const text = JSON.stringify({
    type: "about:blank",
    title,
    status,
    detail,
    code,
    requestId: "\0",
    httpCode: String(status),
    httpMessage: title,
    moreInformation: detail,
  });
  // The first is ours: what is in front of it is made of our own words, or escaped.
  const at = text.indexOf('"requestId":"\\u0000"') + '"requestId":"'.length;
  const [head, tail] = [text.slice(0, at), text.slice(at + "\\u0000".length)];
  const length = Buffer.byteLength(head) + REQUEST_ID_LENGTH + Buffer.byteLength(tail);
  return { head, tail, headers: headersOf(status, code, "application/problem+json", length) };
}

/** As API Connect answers a client that asks for XML (gateway.md part 3); few do, so it is made when one does. */
export function toXml({ status, code, title, detail }: Rendered): Form {
  const members = { httpCode: String(status), httpMessage: title, moreInformation: detail };
  const inner = Object.entries(members).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<errorResponse>${inner.join("")}</errorResponse>`;
  return {
    head,
    tail: null,
    headers: headersOf(status, code, "application/xml; charset=utf-8", Buffer.byteLength(head)),
  };
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** XML 1.0 has no form at all for most control characters. */
function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const clean = text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
  return clean.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

const headersOf = (status: number, code: string, type: string, length: number): readonly string[] => [
  "Content-Type",
  type,
  "Cache-Control",
  "no-store",
  "Content-Length",
  String(length),
  ...(status === 401 ? ["WWW-Authenticate", code === "TOKEN_INVALID" ? BEARER_CHALLENGE : CHALLENGE] : []),
];

const names = Object.keys(refusals) as Refusal[];
const rendered = Object.fromEntries(names.map((name) => [name, render(name, refusals[name].detail)])) as Record<
  Refusal,
  Rendered
>;

const NO_HEADERS: readonly string[] = [];
/** Retry-After in seconds of the refusals that pass by themselves. */
const RETRY: Partial<Record<Refusal, readonly string[]>> = {
  NOT_READY: ["Retry-After", "1"],
  OVERLOADED: ["Retry-After", "1"],
  TOO_MANY_FAILURES: ["Retry-After", "10"],
  STALE: ["Retry-After", "10"],
};

/** The refusal of the catalogue, with its cause for the record and headers of this answer. */
export function refuse(name: Refusal, cause: Cause | null = null, extra?: readonly string[]): Refused {
  return { rendered: rendered[name], cause, extra: extra ?? RETRY[name] ?? NO_HEADERS };
}

/** As `refuse`, with a detail that says more than the catalogue's, e.g. which limit bound. Public text only. */
export function refuseWith(
  name: Refusal,
  detail: string,
  extra?: readonly string[],
  cause: Cause | null = null,
): Refused {
  return { rendered: render(name, detail), cause, extra: extra ?? RETRY[name] ?? NO_HEADERS };
}

/** An error that the author of an API throws, in the author's words. */
export function refuseThrown(status: number, title: string, detail: string): Refused {
  const json = toJson(status, title, "POLICY_FAILED", detail);
  return { rendered: { status, code: "POLICY_FAILED", title, detail, json }, cause: null, extra: NO_HEADERS };
}

export const bodyOf = ({ head, tail }: Form, requestId: string): string =>
  tail === null ? head : head + requestId + tail;
