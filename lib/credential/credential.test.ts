import { expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { readApplication } from "#lib/application/read-application.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { isClientSecretShape, makeVerifier } from "#lib/crypto/client-secret.ts";
import { withHashing } from "#lib/crypto/password.ts";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { dumpAllTables } from "#lib/test-kit/dump.ts";
import { makePlace, publish, subscribe } from "#lib/test-kit/gateway-fixture.ts";
import { consumer, member } from "#lib/test-kit/people.ts";
import { createCredential } from "./create-credential.ts";
import { activeCredentialsMax } from "./credential.rules.ts";
import { updateCredentialInput } from "./credential.schema.ts";
import { readCredentialsForGateway } from "./read-credentials-for-gateway.ts";
import { resetSecret } from "./reset-secret.ts";
import { revokeCredential } from "./revoke-credential.ts";
import { updateCredential } from "./update-credential.ts";

ownDatabase();

const environment = "sandbox" as const;

async function storefront() {
  const { owner, organizationId } = await consumer();
  const made = await registerApplication(owner, { organizationId, name: "Storefront", environment });
  return { owner, organizationId, ...made };
}
const code = (work: Promise<unknown>) => work.then(() => "done").catch((e) => e.code);

test("a secret is in the answer of its creation and nowhere in the database, and no DTO holds a record of it (G3)", async () => {
  const { owner, applicationId, credential } = await storefront();
  const second = await createCredential(owner, { applicationId, environment: "production", name: "nightly" });
  const reset = await resetSecret(owner, { credentialId: credential.credentialId });
  expect(second.secret).toMatch(/^pcs_live_/);
  const secrets = [credential.secret, second.secret, reset.secret];
  expect(secrets.every(isClientSecretShape)).toBe(true);
  const kept = (await dumpAllTables()) + JSON.stringify(await readApplication(owner, { applicationId }));
  for (const secret of secrets) {
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(Buffer.from(secret).toString("hex"));
    expect(kept).not.toContain(secret.slice(9, 30));
  }
  const dto = JSON.stringify(await readApplication(owner, { applicationId }));
  expect(dto).not.toMatch(/argon2|verifier|secretHash|sealed/i);
  expect(dto).toContain(reset.secret.slice(-4));
});

test("what is kept verifies the secret: argon2id and the keyed verifier", async () => {
  const { credential } = await storefront();
  const row = await db().credentialSecret.findFirstOrThrow({ where: { credentialId: credential.credentialId } });
  expect(row.secretHash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
  expect(await withHashing("test", ({ verify }) => verify(row.secretHash, credential.secret))).toBe(true);
  expect(Buffer.from(row.verifier)).toEqual(makeVerifier(credential.clientId, credential.secret).verifier);
});

test("a reset keeps the client ID and ends the old secret at once (S107)", async () => {
  const { owner, credential } = await storefront();
  const reset = await resetSecret(owner, { credentialId: credential.credentialId });
  expect(reset.clientId).toBe(credential.clientId);
  expect(reset.secret).not.toBe(credential.secret);
  const live = await db().credentialSecret.findMany({ where: { credentialId: credential.credentialId } });
  expect(live.map((s) => s.last4)).toEqual([reset.secret.slice(-4)]);
});

test("a revoked credential stays revoked: no reset, no edit, no second revocation", async () => {
  const { owner, credential } = await storefront();
  const { credentialId } = credential;
  await revokeCredential(owner, { credentialId });
  expect(await db().credential.findUniqueOrThrow({ where: { id: credentialId } })).toMatchObject({ status: "revoked" });
  expect(await code(revokeCredential(owner, { credentialId }))).toBe("STATE_INVALID");
  expect(await code(resetSecret(owner, { credentialId }))).toBe("STATE_INVALID");
  expect(await code(updateCredential(owner, { credentialId, name: "x" }))).toBe("STATE_INVALID");
});

test("every change of a credential is announced to the gateways and written to the audit log, without a secret", async () => {
  const { owner, organizationId, credential } = await storefront();
  const { credentialId } = credential;
  await resetSecret(owner, { credentialId });
  await updateCredential(owner, { credentialId, name: "checkout-web", description: "The shop" });
  await revokeCredential(owner, { credentialId });
  expect(await db().gatewayChange.count({ where: { kind: "credential", entityId: credentialId } })).toBe(3);
  const events = await db().auditEvent.findMany({ where: { organizationId, targetId: credentialId } });
  const actions = ["credential.created", "credential.secret-reset", "credential.updated", "credential.revoked"];
  expect(events.map((e) => e.action).sort()).toEqual(actions.sort());
  expect(JSON.stringify(events)).not.toContain("pcs_");
});

test("parallel creations stop at the cap exactly", async () => {
  const { owner, applicationId } = await storefront();
  const tries = Array.from({ length: activeCredentialsMax + 2 }, (_, i) =>
    code(createCredential(owner, { applicationId, environment, name: `c${i}` })),
  );
  const done = (await Promise.all(tries)).filter((c) => c === "done").length;
  expect(done).toBe(activeCredentialsMax - 1);
  expect(await db().credential.count({ where: { applicationId, status: "active" } })).toBe(activeCredentialsMax);
});

test("foreign and random IDs get the same answer, and a viewer may not write", async () => {
  const { organizationId, applicationId, credential } = await storefront();
  const stranger = (await consumer("Stranger")).owner;
  const answers = (actor: UserActor, credentialId: string, application: string) =>
    Promise.all(
      [
        revokeCredential(actor, { credentialId }),
        resetSecret(actor, { credentialId }),
        updateCredential(actor, { credentialId, name: "mine" }),
        createCredential(actor, { applicationId: application, environment, name: "mine" }),
        readApplication(actor, { applicationId: application }),
      ].map((p) => p.catch((e) => [e.code, e.status, e.detail])),
    );
  const foreign = await answers(stranger, credential.credentialId, applicationId);
  expect(foreign).toEqual(await answers(stranger, newId(), newId()));
  expect(foreign[0]).toContain("NOT_FOUND");
  const viewer = await member(organizationId, "viewer");
  expect(await code(revokeCredential(viewer, { credentialId: credential.credentialId }))).toBe("FORBIDDEN");
});

test("explore grants and test values are not credentials that a person can reset", async () => {
  const { owner, credential } = await storefront();
  const catalogless = { kind: "explore", catalogId: newId() } as const;
  await db().credential.update({ where: { id: credential.credentialId }, data: catalogless });
  expect(await code(resetSecret(owner, { credentialId: credential.credentialId }))).toBe("NOT_FOUND");
});

test("a credential is narrowed to networks and to APIs of its subscriptions, and the gateways are told (G31)", async () => {
  const { owner, applicationId, credential } = await storefront();
  const { credentialId } = credential;
  const place = await makePlace();
  const api = { place, backendUrl: "http://127.0.0.1", operations: [] };
  const [subscribed, other] = [await publish({ ...api, basePath: "/a" }), await publish({ ...api, basePath: "/b" })];
  await subscribe(applicationId, subscribed);
  const scope = [subscribed.apiDefinitionId];
  const networks = ["192.0.2.0/24", "2001:db8::7"];
  const changed = await updateCredential(owner, { credentialId, name: "n", networks, scope });
  expect(changed).toMatchObject({ networks, scope, live: { gateways: 0 } });
  expect(await db().gatewayChange.count({ where: { kind: "credential", entityId: credentialId } })).toBe(2);
  for await (const rows of readCredentialsForGateway([credentialId])) expect(rows).toMatchObject([{ networks, scope }]);
  const created = await createCredential(owner, { applicationId, environment, name: "narrow", networks, scope });
  for await (const rows of readCredentialsForGateway([created.credentialId])) {
    expect(rows).toMatchObject([{ networks, scope }]);
  }
  // Without them they stay; to nothing is to all.
  expect(await updateCredential(owner, { credentialId, name: "m" })).toMatchObject({ networks, scope, live: null });
  await updateCredential(owner, { credentialId, name: "m", networks: [], scope: [] });
  for await (const rows of readCredentialsForGateway([credentialId])) {
    expect(rows).toMatchObject([{ networks: null, scope: null }]);
  }
  const refusal = (scope: string[]) =>
    updateCredential(owner, { credentialId, name: "m", scope }).catch((e) => [e.code, e.fields, e.detail]);
  expect(await refusal([other.apiDefinitionId])).toEqual(await refusal([newId()]));
  expect(await refusal([newId()])).toMatchObject(["INPUT_INVALID", [{ field: "scope" }], expect.any(String)]);
  const wrong = updateCredentialInput.safeParse({ credentialId, name: "m", networks: ["192.0.2.0/24", "10.0.0.0/33"] });
  expect(wrong.error?.issues).toMatchObject([{ path: ["networks"], message: expect.stringContaining("10.0.0.0/33") }]);
});
