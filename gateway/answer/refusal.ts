import { STATUS_CODES } from "node:http";
import { type Cause, publicCode, type Refusal, refusals } from "#lib/errors/refusals.ts";

/** One refusal as it goes on the wire; everything but the request ID is rendered once. */
interface Rendered {
  status: number;
  code: string;
  /** Body before and after the request ID. */
  head: string;
  tail: string;
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

function render(refusal: Refusal, detail: string): Rendered {
  const { status } = refusals[refusal];
  const title = STATUS_CODES[status] ?? "Error";
  const code = publicCode(refusal);
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
  const [head = "", tail = ""] = text.split("\\u0000");
  const headers = [
    "Content-Type",
    "application/problem+json",
    "Cache-Control",
    "no-store",
    "Content-Length",
    String(Buffer.byteLength(head) + REQUEST_ID_LENGTH + Buffer.byteLength(tail)),
    ...(status === 401 ? ["WWW-Authenticate", CHALLENGE] : []),
  ];
  return { status, code, head, tail, headers };
}

const names = Object.keys(refusals) as Refusal[];
const rendered = Object.fromEntries(names.map((name) => [name, render(name, refusals[name].detail)])) as Record<
  Refusal,
  Rendered
>;

const NO_HEADERS: readonly string[] = [];
/** Retry-After in seconds of the refusals that pass by themselves. */
const RETRY: Partial<Record<Refusal, readonly string[]>> = {
  NOT_READY: ["Retry-After", "1"],
  STALE: ["Retry-After", "10"],
};

/** The refusal of the catalogue, with its cause for the record and headers of this answer. */
export function refuse(name: Refusal, cause: Cause | null = null, extra?: readonly string[]): Refused {
  return { rendered: rendered[name], cause, extra: extra ?? RETRY[name] ?? NO_HEADERS };
}

/** As `refuse`, with a detail that says more than the catalogue's, e.g. which limit bound. Public text only. */
export function refuseWith(name: Refusal, detail: string, extra?: readonly string[]): Refused {
  return { rendered: render(name, detail), cause: null, extra: extra ?? RETRY[name] ?? NO_HEADERS };
}

export const bodyOf = ({ rendered: { head, tail } }: Refused, requestId: string): string => head + requestId + tail;
