import type { Refusal } from "#lib/errors/refusals.ts";
import { formatDate, formatWindow, plural } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";
import {
  type CallContext,
  type Explanation,
  type Fix,
  headerOf,
  inTime,
  limitsLeft,
  nearMiss,
  sayClientId,
  usedUpLimit,
} from "./explore.rules.ts";
import type { AnsweredHead, CallHead } from "./explore.schema.ts";

/** What the caller lacks first, as the button that mends it: to sign in, an application, a subscription, or to use it. */
function nextStep(c: CallContext): Fix {
  if (!c.signedIn) return { label: "Sign in", href: paths.signIn(c.here) };
  if (!c.caller) return { label: "Choose a plan", href: paths.api(c.ref) };
  if (c.caller.state === "not-subscribed") return { label: `Subscribe ${c.caller.name}`, href: paths.api(c.ref) };
  if (c.caller.state !== "ready") return { label: `Open ${c.caller.name}`, href: paths.application(c.caller.id) };
  return { label: `Call as ${c.caller.name}`, action: "use-application" };
}

const seePlans = (c: CallContext): Fix => ({ label: "See plans", href: paths.api(c.ref) });
const seeCredentials = (c: CallContext): Fix =>
  c.caller ? { label: `See ${c.caller.name}’s credentials`, href: paths.application(c.caller.id) } : nextStep(c);
const resetValues: Fix = { label: "Reset the values", action: "reset-values" };
const sendAgain: Fix = { label: "Send again", action: "send-again" };
const reload: Fix = { label: "Reload the operations", action: "reload" };

const tooLarge = (what: string): ((c: CallContext) => Explanation) => {
  return () => ({
    title: `The ${what} too large`,
    words: "The gateway stopped it at its limit. Shorten the values.",
    fix: resetValues,
  });
};

function notRegistered(c: CallContext): Explanation {
  const id = c.clientId ?? "";
  const close = nearMiss(id, c.own);
  const other = c.catalog.kind === "sandbox" ? "Production" : "Sandbox";
  const hint = close || ` An ID made for ${other} does not work here.`;
  return {
    title: "Client ID not registered",
    words: `No application in ${c.catalog.title} has the ID ${sayClientId(id)}.${hint}`,
    fix: nextStep(c),
  };
}

function notSubscribed(c: CallContext): Explanation {
  const title = "Not subscribed";
  if (c.caller?.state === "pending") {
    const words = `${c.caller.name}’s request for ${c.caller.plan} waits for ${c.catalog.provider}’s decision.`;
    return { title, words, fix: { label: "See the request", href: paths.application(c.caller.id) } };
  }
  const who = c.caller && !c.byHand ? c.caller.name : "The application that the call names";
  const label = c.caller ? `Subscribe ${c.caller.name}` : "Choose a plan";
  return {
    title,
    words: `${who} is not subscribed to a plan of this API in ${c.catalog.title}.`,
    fix: { label, href: paths.api(c.ref) },
  };
}

const DAY_SECONDS = 86_400;

/** What the plan allows in which time, and when the next call passes. */
function limitExceeded(c: CallContext, head: CallHead): Explanation {
  const plan = c.caller?.plan && !c.byHand ? c.caller.plan : "The plan";
  const used = head.answered ? usedUpLimit(head) : null;
  const allows = used
    ? `${plan} allows ${plural(used.limit, "call")} ${formatWindow(used.windowSeconds)}.`
    : `The calls that ${plan === "The plan" ? "the plan" : plan} allows are used up.`;
  return { title: "Rate limit exceeded", words: allows + (head.answered ? nextCall(head) : ""), fix: seePlans(c) };
}

/** A rate that a policy of the API counts: of the plan's limits, which the answer tells, none is used up. */
function rateExceeded(c: CallContext, head: CallHead): Explanation {
  const left = head.answered ? headerOf(head, "RateLimit") : undefined;
  if (!head.answered || left === undefined || left.includes(";r=0;")) return limitExceeded(c, head);
  const words = `The plan has calls left: a policy that ${c.catalog.provider} put into the API limits them further.`;
  return { title: "Rate limit of a policy exceeded", words: words + nextCall(head), fix: sendAgain };
}

/** " Next call in 30 min, at 15:00 UTC." The moment stays true while the page stands open. */
function nextCall(head: AnsweredHead): string {
  const wait = Number(headerOf(head, "Retry-After") ?? limitsLeft(head)?.resetSeconds ?? Number.NaN);
  if (!Number.isFinite(wait)) return "";
  const answeredAt = Date.parse(headerOf(head, "Date") ?? "");
  if (Number.isNaN(answeredAt) || wait < 90) return ` Next call ${inTime(wait)}.`;
  const opens = new Date(answeredAt + wait * 1000);
  const day = wait < DAY_SECONDS ? "" : `${formatDate(opens)}, `;
  return ` Next call ${inTime(wait)}, at ${day}${opens.toISOString().slice(11, 16)} UTC.`;
}

/** An error of an assembly: thrown on purpose, with a status and words of its author's, or a policy that broke. */
function policyAnswered(c: CallContext, head: CallHead): Explanation {
  const thrown = head.answered && head.status < 500;
  return thrown
    ? {
        title: "A policy of this API refused the call",
        words: `Neither the gateway nor the backend made this answer, but a policy that ${c.catalog.provider} put into the API. The answer has its words.`,
        fix: resetValues,
      }
    : {
        title: "A policy of this API failed",
        words: `Your call is fine and so is the gateway: a policy that ${c.catalog.provider} put before or after its backend ended with an error.`,
        fix: sendAgain,
      };
}

/** One row for each answer of the gateway; the compiler asks for the missing one when a refusal is added. */
const rows: Record<Refusal, (c: CallContext, head: CallHead) => Explanation> = {
  REQUEST_MALFORMED: () => ({
    title: "The gateway could not read the request",
    words: "A value holds something that has no place in an address or a header, such as a slash in a path value.",
    fix: resetValues,
  }),
  REQUEST_INVALID: () => ({
    title: "The request does not match the definition",
    words: "The API checks requests before its backend sees them; the answer names the value that does not fit.",
    fix: resetValues,
  }),
  CLIENT_ID_MISSING: (c) => ({
    title: "Client ID is missing",
    words: "This operation asks for a client ID, and the call carried none in the declared place.",
    fix: nextStep(c),
  }),
  CLIENT_SECRET_MISSING: (c) => ({
    title: "Client secret is missing",
    words: "This operation asks for a client secret beside the ID, and the call carried none in the declared place.",
    fix: nextStep(c),
  }),
  CLIENT_ID_NOT_REGISTERED: notRegistered,
  CREDENTIAL_INVALID: (c) => ({
    title: "Invalid client ID or secret",
    words: c.byHand
      ? "The ID is known, but this secret is not its own any more: wrong, reset, expired or revoked."
      : "The credential has ended. Send again for a new one.",
    fix: c.byHand ? seeCredentials(c) : sendAgain,
  }),
  TOKEN_INVALID: () => ({
    title: "The access token is invalid or has expired",
    words: "A token lives for an hour at most, and ends with the credential that it was made from.",
    fix: { label: "Get a new token", action: "get-token" },
  }),
  MULTIPLE_CLIENT_IDS: () => ({
    title: "The client ID was sent more than once",
    words: "A value repeats the header or parameter in which the client ID travels.",
    fix: resetValues,
  }),
  NOT_SUBSCRIBED: notSubscribed,
  APPLICATION_SUSPENDED: (c) => ({
    title: "The application is suspended",
    words: `${c.caller?.name ?? "The application"} or its subscription is suspended: no call passes until ${c.catalog.provider} resumes it.`,
    fix: seeCredentials(c),
  }),
  NETWORK_NOT_ALLOWED: (c) => ({
    title: "Calls from this address are not allowed",
    words: "The API or the credential has a list of addresses that may call, and this one is not on it.",
    fix: seeCredentials(c),
  }),
  API_NOT_FOUND: (c) => ({
    title: "The gateway does not serve this API",
    words: `It is not published in ${c.catalog.title} any more, or the gateway has not taken it yet.`,
    fix: { label: `See the APIs of ${c.catalog.title}`, href: paths.explore(c.ref) },
  }),
  OPERATION_NOT_FOUND: () => ({
    title: "The gateway knows no such path",
    words: "The API was published anew since this page was opened.",
    fix: reload,
  }),
  METHOD_NOT_ALLOWED: () => ({
    title: "The path does not take this method",
    words: "The API was published anew since this page was opened.",
    fix: reload,
  }),
  REQUEST_TIMEOUT: () => ({
    title: "The request did not arrive in time",
    words: "The gateway waited for the rest of the request and gave up; the backend was not called.",
    fix: sendAgain,
  }),
  BODY_TOO_LARGE: tooLarge("request body is"),
  URI_TOO_LONG: tooLarge("address is"),
  HEADERS_TOO_LARGE: tooLarge("headers are"),
  RATE_LIMIT_EXCEEDED: rateExceeded,
  QUOTA_EXCEEDED: limitExceeded,
  BURST_LIMIT_EXCEEDED: limitExceeded,
  TOO_MANY_FAILURES: () => ({
    title: "Too many failed authentications",
    words:
      "Too many calls from this address came with a wrong ID or secret. Calls with a valid one pass again in a minute.",
    fix: sendAgain,
  }),
  POLICY_FAILED: policyAnswered,
  BACKEND_UNREACHABLE: (c) => ({
    title: "The backend could not be reached",
    words: `Your call is fine and so is the gateway: it got no connection to ${c.catalog.provider}’s server.`,
    fix: sendAgain,
  }),
  BACKEND_INVALID: (c) => ({
    title: "The backend’s answer could not be read",
    words: `Your call is fine and so is the gateway: ${c.catalog.provider}’s server broke off or answered something that is not HTTP.`,
    fix: sendAgain,
  }),
  GATEWAY_FAILED: () => ({
    title: "The gateway failed",
    words: "Your call is fine; the fault is the gateway’s. Its operator finds the call by the request ID.",
    fix: sendAgain,
  }),
  NOT_READY: () => ({
    title: "The gateway is starting",
    words: "It has not read what is published yet. That takes a few seconds.",
    fix: sendAgain,
  }),
  STALE: () => ({
    title: "The gateway is out of touch",
    words: "It has not heard of changes for so long that it cannot be sure who may call. Its operator is needed.",
    fix: sendAgain,
  }),
  OVERLOADED: () => ({
    title: "The gateway is overloaded",
    words: "It has more calls in flight than it can take. That takes a few seconds.",
    fix: sendAgain,
  }),
  BACKEND_TIMEOUT: (c) => ({
    title: "The backend did not answer in time",
    words: `The gateway is fine: it waited for ${c.catalog.provider}’s server and gave up.`,
    fix: sendAgain,
  }),
  LOOP_DETECTED: (c) => ({
    title: "The call goes in a circle",
    words: `Your call is fine: the backend that ${c.catalog.provider} entered leads back to this API.`,
    fix: sendAgain,
  }),
};

/** A refusal in words, with what mends it (explore 5). Only what the caller may know. */
export const explainRefusal = (refusal: Refusal, context: CallContext, head: CallHead): Explanation =>
  rows[refusal](context, head);

/** The gateway itself did not answer: nothing of the call went further. */
export function explainUnanswered(reason: "refused" | "timeout" | "broken"): Explanation {
  const words = {
    refused: "The portal got no connection to it. It is stopped or restarting; nothing was called.",
    timeout: "The portal waited for 60 s. Whether the backend was called is not known.",
    broken: "The connection broke off. Whether the backend was called is not known.",
  };
  return { title: "The gateway did not answer", words: words[reason], fix: sendAgain };
}

/** The portal did not send the call: what it lacked, or what the portal said. */
export function explainNotSent(code: string, message: string, c: CallContext): Explanation {
  if (code === "SIGN_IN_REQUIRED") {
    return {
      title: "Sign in to call this operation",
      words: "It asks for a client ID, which an application of yours has.",
      fix: nextStep(c),
    };
  }
  if (code === "STATE_INVALID") return { title: "Not subscribed", words: message, fix: nextStep(c) };
  if (code === "INPUT_INVALID") return { title: "A value cannot travel", words: message, fix: resetValues };
  if (code === "NOT_FOUND") {
    const words = "The API or the application is not there any more, or you may not call it.";
    return { title: "Nothing to call", words, fix: reload };
  }
  return { title: "The call was not sent", words: message, fix: sendAgain };
}
