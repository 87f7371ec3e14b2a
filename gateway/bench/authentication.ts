import { randomUUID } from "node:crypto";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { Call, type Gateway } from "#gateway/call.ts";
import { Snapshot } from "#gateway/snapshot/snapshot.ts";
import { authenticate } from "#gateway/steps/authenticate.ts";
import { makeVerifier } from "#lib/crypto/client-secret.ts";

const CALLS = 200_000;
const APPLICATION_ID = randomUUID();

/** Median microseconds of the step `authenticate` alone, for the right secret among 10,000 credentials. */
export function authenticationMicros(secret: string): number {
  const snapshot = new Snapshot();
  snapshot.putApplication({
    id: APPLICATION_ID,
    suspended: false,
    name: "app",
    organizationId: "org",
    organizationName: "Org",
  });
  const clientIds = Array.from({ length: 10_000 }, (_, i) => i.toString(16).padStart(32, "0"));
  for (const clientId of clientIds) {
    const { verifier, keyId } = makeVerifier(clientId, secret);
    snapshot.putCredential({
      id: randomUUID(),
      clientId,
      applicationId: APPLICATION_ID,
      kind: "standard",
      environment: "sandbox",
      catalogId: null,
      status: "active",
      expiresAtMs: null,
      secrets: [{ verifier: verifier.toString("hex"), keyId, notAfterMs: null }],
    });
  }
  const req = new IncomingMessage(new Socket());
  const call = new Call({ snapshot } as Gateway, req, new ServerResponse(req), false);
  call.api = { catalogKind: "sandbox" } as NonNullable<Call["api"]>;
  const micros: number[] = [];
  for (let i = 0; i < CALLS; i += 1) {
    call.presented = [{ clientId: clientIds[i % clientIds.length] ?? "", clientSecret: secret }];
    const started = process.hrtime.bigint();
    if (authenticate(call)) throw new Error("the right secret was refused");
    micros.push(Number(process.hrtime.bigint() - started) / 1_000);
  }
  return micros.sort((a, b) => a - b)[CALLS / 2] ?? Number.NaN;
}
