import { expect, test } from "vitest";
import type { TraceStep } from "#lib/assembly/trace.schema.ts";
import { publicCode, type Refusal, refusals } from "#lib/errors/refusals.ts";
import { answeredBy } from "./answered-by.rules.ts";
import type { AnsweredHead } from "./explore.schema.ts";

const head = (status: number, trace?: TraceStep[]): AnsweredHead => ({
  ...{ answered: true, status, statusText: "", headMs: 9, clientId: null },
  headers: [
    ["X-Request-Id", "01JD"],
    ["Content-Type", "application/problem+json"],
  ],
  ...(trace && { trace }),
});
const problem = (refusal: Refusal, detail: string = refusals[refusal].detail) =>
  JSON.stringify({ code: publicCode(refusal), detail, requestId: "01JD" });

interface Told {
  kind: string;
  title?: string;
  depth?: number;
  error?: string;
  before?: [status: number, body: string | null];
  after?: [status: number, body: string | null];
}
const message = ([status, body]: [number, string | null]) => ({ status, headers: [], body });
const step = ({ kind, title = kind, depth = 0, error, before = [0, null], after = before }: Told): TraceStep => ({
  ...{ title, kind, depth, ms: 1, error: error ?? null },
  ...{ before: message(before), after: message(after) },
});
const asked = step({ kind: "invoke", title: "Ask", after: [404, "{}"] });

test("a refusal before the assembly is the gateway's", () => {
  expect(answeredBy(head(401), problem("CLIENT_ID_NOT_REGISTERED"))).toEqual({
    by: "gateway",
    refusal: "CLIENT_ID_NOT_REGISTERED",
    during: null,
    backendCalled: false,
  });
  expect(answeredBy(head(400), problem("REQUEST_INVALID"))).toMatchObject({ by: "gateway" });
});

test.each([
  ["throw", "POLICY_FAILED", 403],
  ["validate", "REQUEST_INVALID", 400],
  ["ratelimit", "RATE_LIMIT_EXCEEDED", 429],
  ["map", "POLICY_FAILED", 500],
] as const)("the error of a %s is the policy's answer, by its title, also within a switch", (kind, refusal, status) => {
  const trace = [
    step({ kind: "switch", title: "Which", error: "E: no" }),
    step({ kind, title: "Mine", depth: 1, error: "E: no" }),
  ];
  const policy = { title: "Mine", kind };
  expect(answeredBy(head(status, trace), problem(refusal, "in the author's words"))).toEqual({
    by: "policy",
    policy,
    refusal,
    backendCalled: false,
  });
  const late = answeredBy(head(status, [asked, ...trace]), problem(refusal));
  expect(late).toEqual({ by: "policy", policy, refusal, backendCalled: true });
});

test("what a throw says is known as a policy's without a trace too", () => {
  expect(answeredBy(head(418), problem("POLICY_FAILED", "short and stout"))).toEqual({
    by: "policy",
    policy: null,
    refusal: "POLICY_FAILED",
    backendCalled: false,
  });
});

test("a backend that is away during an invoke is the gateway's refusal, with the policy", () => {
  const trace = [step({ kind: "invoke", title: "Ask", error: "ConnectionError: away" })];
  expect(answeredBy(head(502, trace), problem("BACKEND_UNREACHABLE"))).toEqual({
    by: "gateway",
    refusal: "BACKEND_UNREACHABLE",
    during: "Ask",
    backendCalled: true,
  });
});

test("an answer that no policy changed is the backend's", () => {
  expect(answeredBy(head(404), "{}")).toEqual({ by: "backend" });
  const header = step({ kind: "set-variable", before: [404, "{}"] });
  expect(answeredBy(head(404, [asked, header]), "{}")).toEqual({ by: "backend" });
  // The words of a backend that calls itself a gateway.
  expect(answeredBy(head(401, [asked]), '{"code":"POLICY_FAILED","requestId":"02"}')).toEqual({ by: "backend" });
});

test("the last policy that wrote status or body has answered, also in a catch", () => {
  const written = step({ kind: "set-variable", title: "Tea", before: [404, "{}"], after: [418, "tea"] });
  const policy = { title: "Tea", kind: "set-variable" };
  expect(answeredBy(head(418, [asked, written]), "tea")).toMatchObject({ by: "policy", policy, backendCalled: true });
  const thrown = step({ kind: "throw", error: "No: no" });
  expect(answeredBy(head(418, [thrown, written]), "tea")).toMatchObject({ by: "policy", policy, backendCalled: false });
});
