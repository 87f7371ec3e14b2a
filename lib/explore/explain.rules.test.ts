import { expect, test } from "vitest";
import { publicCode, type Refusal, refusals } from "#lib/errors/refusals.ts";
import { explainRefusal } from "./explain.rules.ts";
import { type CallContext, inTime, limitsLeft, passageOf, refusalOf } from "./explore.rules.ts";
import type { AnsweredHead } from "./explore.schema.ts";

const own = "7c1e04d2b8f64e0a91d35bc26f80493a";
const context: CallContext = {
  ref: { organization: "acme", catalog: "sandbox", api: "weather-1.0.0" },
  here: "/explore/acme/sandbox/weather-1.0.0/current",
  catalog: { title: "Sandbox", kind: "sandbox", provider: "Acme" },
  caller: { id: "a1", name: "Storefront", plan: "Gold", state: "ready" },
  own: [{ name: "Storefront", clientIds: [own] }],
  signedIn: true,
  byHand: false,
  clientId: own,
};
const answer = (status: number, headers: [string, string][] = []): AnsweredHead => ({
  ...{ answered: true, status, statusText: "", headMs: 9, clientId: own },
  headers: [["X-Request-Id", "01JD"], ["Content-Type", "application/problem+json"], ...headers],
});
const all = Object.keys(refusals) as Refusal[];
const bodyOf = (refusal: Refusal, requestId = "01JD") =>
  JSON.stringify({
    code: publicCode(refusal),
    detail: refusals[refusal].detail,
    status: refusals[refusal].status,
    requestId,
  });

test.each(all)("%s is recognised, explained in words, and has a fix", (refusal) => {
  const head = answer(refusals[refusal].status);
  expect(refusalOf(head, bodyOf(refusal))).toBe(refusal);
  for (const caller of [context.caller, null]) {
    for (const signedIn of [true, false]) {
      const { title, words, fix } = explainRefusal(refusal, { ...context, caller, signedIn }, head);
      expect(title.length).toBeGreaterThan(5);
      expect(words).toMatch(/\.$/);
      expect(words).not.toMatch(/undefined|null|NaN|please|oops|successfully|!/i);
      expect("href" in fix ? fix.href : fix.action).toBeTruthy();
    }
  }
});

test("a backend's own problem+json is not taken for the gateway's refusal", () => {
  expect(refusalOf(answer(401), bodyOf("CREDENTIAL_INVALID", "another"))).toBeNull();
  expect(refusalOf(answer(404), '{"error":"no such pet"}')).toBeNull();
});

test("what a policy throws is told from a refusal of the gateway, whatever its status", () => {
  const thrown = JSON.stringify({ code: "POLICY_FAILED", detail: "Nothing lives there", requestId: "01JD" });
  expect(refusalOf(answer(403), thrown)).toBe("POLICY_FAILED");
  expect(explainRefusal("POLICY_FAILED", context, answer(403)).title).toBe("A policy of this API refused the call");
  expect(explainRefusal("POLICY_FAILED", context, answer(500)).title).toBe("A policy of this API failed");
});

test("an ID that differs in its last character from the application's own says so (S58)", () => {
  const clientId = `${own.slice(0, -1)}b`;
  const { title, words, fix } = explainRefusal(
    "CLIENT_ID_NOT_REGISTERED",
    { ...context, clientId, byHand: true },
    answer(401),
  );
  expect(title).toBe("Client ID not registered");
  expect(words).toBe(
    "No application in Sandbox has the ID 7c1e…493b. It differs in the last character from Storefront’s 7c1e…493a.",
  );
  expect(fix).toEqual({ label: "Call as Storefront", action: "use-application" });
});

test("the next step follows from what is missing: sign in, choose a plan, subscribe, wait", () => {
  const fixOf = (over: Partial<CallContext>) =>
    explainRefusal("CLIENT_ID_MISSING", { ...context, ...over }, answer(401)).fix;
  const caller = (state: "pending" | "not-subscribed") => ({
    id: "a1",
    name: "Storefront",
    plan: "Gold",
    state,
  });
  expect(fixOf({ signedIn: false })).toMatchObject({ label: "Sign in" });
  expect(fixOf({ caller: null })).toMatchObject({ label: "Choose a plan", href: "/apis/acme/sandbox/weather-1.0.0" });
  expect(fixOf({ caller: caller("not-subscribed") })).toMatchObject({ label: "Subscribe Storefront" });
  expect(fixOf({ caller: caller("pending") })).toMatchObject({ href: "/applications/a1" });
});

test("a used-up limit names the plan, the limit and when it opens again", () => {
  const limits: [string, string][] = [
    ["X-RateLimit-Limit", "100"],
    ["X-RateLimit-Remaining", "0"],
    ["X-RateLimit-Reset", "1800"],
    ["Retry-After", "1800"],
    ["RateLimit-Policy", '"5-per-minute";q=5;w=60, "100-per-hour";q=100;w=3600'],
    ["RateLimit", '"5-per-minute";r=0;t=12, "100-per-hour";r=0;t=1800'],
    ["Date", "Sun, 22 Nov 2026 14:30:00 GMT"],
  ];
  const head = answer(429, limits);
  expect(limitsLeft(head)).toEqual({ limit: 100, remaining: 0, resetSeconds: 1800 });
  expect(explainRefusal("RATE_LIMIT_EXCEEDED", context, head).words).toBe(
    "Gold allows 100 calls per hour. Next call in 30 min, at 15:00 UTC.",
  );
  // None of the plan's limits is used up: another one has bound.
  const left: [string, string][] = [
    ["RateLimit-Policy", '"100-per-hour";q=100;w=3600'],
    ["RateLimit", '"100-per-hour";r=97;t=1800'],
    ["Retry-After", "42"],
  ];
  expect(explainRefusal("RATE_LIMIT_EXCEEDED", context, answer(429, left)).words).toBe(
    "The plan has calls left: a policy that Acme put into the API limits them further. Next call in 42 s.",
  );
  // A gateway that tells less: what is known is said.
  expect(explainRefusal("RATE_LIMIT_EXCEEDED", context, answer(429, [["Retry-After", "42"]])).words).toBe(
    "The calls that Gold allows are used up. Next call in 42 s.",
  );
  expect([12, 89, 5400, 7200, 604_800].map(inTime)).toEqual(["in 12 s", "in 89 s", "in 90 min", "in 2 h", "in 7 days"]);
});

test("the passage shows where the call stopped", () => {
  expect(passageOf(answer(401), "CREDENTIAL_INVALID")).toEqual({ gateway: "stopped", backend: "not-called" });
  expect(passageOf(answer(504), "BACKEND_TIMEOUT")).toEqual({ gateway: "reached", backend: "failed" });
  expect(passageOf(answer(200), null)).toEqual({ gateway: "reached", backend: "reached" });
  // A policy may stand before the backend or behind it.
  expect(passageOf(answer(403), "POLICY_FAILED")).toEqual({ gateway: "stopped", backend: "unknown" });
  expect(passageOf(answer(500), "POLICY_FAILED")).toEqual({ gateway: "failed", backend: "unknown" });
  expect(passageOf({ answered: false, reason: "refused", ms: 2 }, null)).toEqual({
    gateway: "failed",
    backend: "not-called",
  });
});
