import { timingSafeEqual } from "node:crypto";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { beforeEach, expect, test, vi } from "vitest";
import { Admission } from "#gateway/admission/admission.ts";
import { Call, type Gateway } from "#gateway/call.ts";
import { Snapshot } from "#gateway/snapshot/snapshot.ts";
import { makeVerifier, newClientSecret } from "#lib/crypto/client-secret.ts";
import { fastVerifier } from "#lib/crypto/fast-verifier.ts";
import { newClientId, newId } from "#lib/ids.ts";
import { authenticate } from "./authenticate.ts";

// They do what they do, and are counted.
vi.mock("node:crypto", { spy: true });
vi.mock("#lib/crypto/fast-verifier.ts", { spy: true });

const NOW = 1_800_000_000_000;
const clientId = newClientId();
const applicationId = newId();
const [current, previous] = [newClientSecret("sandbox"), newClientSecret("sandbox")];
let snapshot: Snapshot;

const record = (secret: string, notAfterMs: number | null = null, id = clientId) => {
  const { verifier, keyId } = makeVerifier(id, secret);
  return { verifier: verifier.toString("hex"), keyId, notAfterMs };
};
const row = {
  id: newId(),
  clientId,
  applicationId,
  kind: "standard" as const,
  environment: "sandbox" as const,
  catalogId: null as string | null,
  status: "active" as "active" | "revoked",
  expiresAtMs: null as number | null,
};

beforeEach(() => {
  snapshot = new Snapshot();
  snapshot.putApplication({
    id: applicationId,
    suspended: false,
    name: "app",
    organizationId: "org",
    organizationName: "Org",
  });
  snapshot.putCredential({ ...row, secrets: [record(current), record(previous, NOW)] });
});

/** Code and cause of the refusal, or "in". */
function outcome(clientId: string, clientSecret: string | null, nowMs = NOW): string {
  const req = new IncomingMessage(new Socket());
  const call = new Call(
    { snapshot, admission: new Admission({ failuresMax: 1_000_000 }) } as Gateway,
    req,
    new ServerResponse(req),
    false,
  );
  Object.assign(call, { startedAtMs: nowMs });
  call.api = { catalogKind: "sandbox", catalogId: "here" } as NonNullable<Call["api"]>;
  call.presented = [{ clientId, clientSecret }];
  const refused = authenticate(call);
  expect(call.authenticated).toBe(refused === undefined);
  return refused ? `${refused.rendered.code} ${refused.cause}` : "in";
}

test("the right secret is in; during a rotation the previous one too, until its end to the millisecond", () => {
  expect(outcome(clientId, current)).toBe("in");
  expect(outcome(clientId, previous, NOW - 1)).toBe("in");
  expect(outcome(clientId, previous, NOW)).toBe("CREDENTIAL_INVALID secret-ended");
});

test("a secret that differs in one character is not in", () => {
  for (let i = 0; i < current.length; i += 1) {
    const other = current[i] === "a" ? "b" : "a";
    expect(outcome(clientId, current.slice(0, i) + other + current.slice(i + 1))).toMatch(
      /^CREDENTIAL_INVALID secret-/,
    );
  }
  expect(outcome(clientId, `${current} `)).toBe("CREDENTIAL_INVALID secret-malformed");
  expect(outcome(clientId, newClientSecret("sandbox"))).toBe("CREDENTIAL_INVALID secret-wrong");
});

test("another credential's secret does not open this one", () => {
  snapshot.putCredential({ ...row, secrets: [record(current, null, newClientId())] });
  expect(outcome(clientId, current)).toBe("CREDENTIAL_INVALID secret-wrong");
});

test("a record under another pepper never matches", () => {
  snapshot.putCredential({ ...row, secrets: [{ ...record(current), keyId: "00000000" }] });
  expect(outcome(clientId, current)).toBe("CREDENTIAL_INVALID secret-wrong");
});

test("an expired or revoked credential is not in, with or without a secret", () => {
  snapshot.putCredential({ ...row, expiresAtMs: NOW, secrets: [record(current)] });
  expect(outcome(clientId, current, NOW - 1)).toBe("in");
  for (const secret of [current, null]) expect(outcome(clientId, secret)).toBe("CREDENTIAL_INVALID credential-expired");
  snapshot.putCredential({ ...row, status: "revoked", secrets: [record(current)] });
  for (const secret of [current, null]) expect(outcome(clientId, secret)).toBe("CREDENTIAL_INVALID credential-revoked");
});

test("unknown, of another environment, of another catalog: not registered", () => {
  expect(outcome(newClientId(), current)).toBe("CLIENT_ID_NOT_REGISTERED unknown-id");
  expect(outcome("__proto__", current)).toBe("CLIENT_ID_NOT_REGISTERED unknown-id");
  snapshot.putCredential({ ...row, environment: "production" as never, secrets: [record(current)] });
  expect(outcome(clientId, current)).toBe("CLIENT_ID_NOT_REGISTERED other-environment");
  snapshot.putCredential({ ...row, kind: "test", catalogId: "elsewhere", secrets: [record(current)] });
  expect(outcome(clientId, current)).toBe("CLIENT_ID_NOT_REGISTERED other-environment");
  snapshot.putCredential({ ...row, kind: "test", catalogId: "here", secrets: [record(current)] });
  expect(outcome(clientId, current)).toBe("in");
});

test("a credential whose application is gone is not registered", () => {
  snapshot.dropApplication(applicationId);
  expect(outcome(clientId, current)).toBe("CLIENT_ID_NOT_REGISTERED unknown-id");
});

test("an unknown ID takes the work of a known one: an HMAC and a comparison (T30)", () => {
  snapshot.putCredential({ ...row, secrets: [record(current)] });
  const work = (id: string, secret: string) => {
    vi.mocked(fastVerifier).mockClear();
    vi.mocked(timingSafeEqual).mockClear();
    outcome(id, secret);
    return [vi.mocked(fastVerifier).mock.calls.length, vi.mocked(timingSafeEqual).mock.calls.length];
  };
  for (const [id, secret] of [
    [clientId, current],
    [clientId, previous],
    [newClientId(), previous],
    ["no ID of ours", "no secret"],
  ] as const)
    expect(work(id, secret)).toEqual([1, 1]);
});
