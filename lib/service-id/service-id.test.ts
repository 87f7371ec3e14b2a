import { beforeAll, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { readApplication } from "#lib/application/read-application.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { readCredentialsForGateway } from "#lib/credential/read-credentials-for-gateway.ts";
import { apiKeyClientId, isApiKeyShape, newApiKey } from "#lib/crypto/api-key.ts";
import { isClientSecretShape, makeVerifier } from "#lib/crypto/client-secret.ts";
import { withHashing } from "#lib/crypto/password.ts";
import { db } from "#lib/db/client.ts";
import { newClientId, newId } from "#lib/ids.ts";
import { removeMember } from "#lib/organization/change-member.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { dumpAllTables } from "#lib/test-kit/dump.ts";
import { makePlace, publish } from "#lib/test-kit/gateway-fixture.ts";
import { consumer, member } from "#lib/test-kit/people.ts";
import { createApiKey } from "./create-api-key.ts";
import { createServiceId } from "./create-service-id.ts";
import { deleteServiceId } from "./delete-service-id.ts";
import { listServiceIds } from "./list-service-ids.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { activeKeysMax } from "./service-id.rules.ts";
import { updateServiceId } from "./update-service-id.ts";

ownDatabase();

const environment = "sandbox" as const;
let owner: UserActor;
let organizationId: string;
let applicationId: string;
/** An API that the application is subscribed to, and one that it is not. */
let api: string;
let stranger: string;

beforeAll(async () => {
  ({ owner, organizationId } = await consumer());
  ({ applicationId } = await registerApplication(owner, { organizationId, name: "Storefront", environment }));
  const place = await makePlace();
  const common = { place, backendUrl: "http://127.0.0.1:4010", operations: [] };
  const published = await publish({ ...common, basePath: "/weather" });
  api = published.apiDefinitionId;
  stranger = (await publish({ ...common, basePath: "/other" })).apiDefinitionId;
  await requestSubscription(owner, {
    applicationId,
    releaseId: published.releaseId,
    planId: published.planId,
    comment: "",
  });
});

const code = (work: Promise<unknown>) => work.then(() => "done").catch((e) => e.code);
let count = 0;
const make = (scope: string[] = []) => {
  count += 1;
  return createServiceId(owner, { applicationId, name: `service ${count}`, scope });
};
async function forGateway(id: string) {
  for await (const rows of readCredentialsForGateway([id])) return rows[0];
  return undefined;
}

test("an API key is in the answer of its creation and nowhere else, and no DTO holds a record of it (S123, S124)", async () => {
  const { id: serviceIdId } = await make();
  const { apiKey, apiKeyId } = await createApiKey(owner, { serviceIdId, environment, name: "web" });
  expect(apiKey).toMatch(/^psk_test_[0-9A-Za-z]{71}$/);
  const listed = JSON.stringify(await listServiceIds(owner, applicationId));
  const kept = (await dumpAllTables()) + listed + JSON.stringify(await readApplication(owner, { applicationId }));
  for (const part of [apiKey, apiKey.slice(31, 60), Buffer.from(apiKey).toString("hex")])
    expect(kept).not.toContain(part);
  expect(listed).not.toMatch(/argon2|verifier|secretHash|clientId/i);
  expect(listed).toContain(apiKey.slice(-4));
  const row = await db().credentialSecret.findFirstOrThrow({ where: { credentialId: apiKeyId } });
  expect(await withHashing("test", ({ verify }) => verify(row.secretHash, apiKey))).toBe(true);
  expect(Buffer.from(row.verifier)).toEqual(makeVerifier(apiKeyClientId(apiKey) ?? "", apiKey).verifier);
});

test("a key names its own client ID, and a typing error is told without a look-up", () => {
  for (const clientId of [newClientId(), "0".repeat(32), "f".repeat(32), `00${newClientId().slice(2)}`]) {
    const key = newApiKey("production", clientId);
    expect([apiKeyClientId(key), isClientSecretShape(key)]).toEqual([clientId, false]);
    for (let at = 9; at < key.length; at += 1) {
      const wrong = key.slice(0, at) + (key[at] === "x" ? "y" : "x") + key.slice(at + 1);
      expect(isApiKeyShape(wrong)).toBe(false);
    }
  }
  expect(["", "psk_live_", `${newApiKey("sandbox", newClientId())}0`].map(apiKeyClientId)).toEqual(
    Array(3).fill(undefined),
  );
});

test("gateways are told the policy with each key: none is no permission, and a change reaches them (S112, S113)", async () => {
  const { id: serviceIdId, name } = await make();
  const { apiKeyId } = await createApiKey(owner, { serviceIdId, environment, name: "web" });
  expect(await forGateway(apiKeyId)).toMatchObject({ kind: "service", scope: [] });
  const changes = () => db().gatewayChange.count({ where: { kind: "credential", entityId: apiKeyId } });
  const before = await changes();
  await updateServiceId(owner, { serviceIdId, name, description: "Reports", scope: [api] });
  expect([await forGateway(apiKeyId), await changes()]).toMatchObject([{ scope: [api] }, before + 1]);
  const [listed] = (await listServiceIds(owner, applicationId)).filter(({ id }) => id === serviceIdId);
  expect(listed).toMatchObject({ description: "Reports", apis: [{ id: api }] });
});

test("a policy names APIs that the application is subscribed to, and no others", async () => {
  const created = await code(make([stranger]));
  const { id: serviceIdId, name } = await make([api]);
  const updated = await code(updateServiceId(owner, { serviceIdId, name, description: "", scope: [api, newId()] }));
  expect([created, updated]).toEqual(["INPUT_INVALID", "INPUT_INVALID"]);
});

test("several keys are active at once; one is revoked, the others stay, and it stays revoked (S125, S128, S129)", async () => {
  const { id: serviceIdId } = await make();
  const [one, two] = [
    await createApiKey(owner, { serviceIdId, environment, name: "one" }),
    await createApiKey(owner, { serviceIdId, environment: "production", name: "two", description: "The shop" }),
  ];
  await revokeApiKey(owner, { apiKeyId: one.apiKeyId });
  const [listed] = (await listServiceIds(owner, applicationId)).filter(({ id }) => id === serviceIdId);
  expect(listed?.keys.map(({ name, state }) => [name, state])).toEqual([
    ["one", "revoked"],
    ["two", "active"],
  ]);
  expect(await code(revokeApiKey(owner, { apiKeyId: one.apiKeyId }))).toBe("STATE_INVALID");
  expect((await forGateway(one.apiKeyId))?.status).toBe("revoked");
  expect((await forGateway(two.apiKeyId))?.status).toBe("active");
});

test("parallel creations stop at the cap exactly", async () => {
  const { id: serviceIdId } = await make();
  const tries = Array.from({ length: activeKeysMax + 2 }, (_, i) =>
    code(createApiKey(owner, { serviceIdId, environment, name: `k${i}` })),
  );
  expect((await Promise.all(tries)).filter((c) => c === "done")).toHaveLength(activeKeysMax);
});

test("a deleted service ID takes its keys along, and gateways are told each", async () => {
  const { id: serviceIdId } = await make([api]);
  const { apiKeyId } = await createApiKey(owner, { serviceIdId, environment, name: "web" });
  await deleteServiceId(owner, { serviceIdId });
  expect(await forGateway(apiKeyId)).toBeUndefined();
  expect(await db().gatewayChange.count({ where: { kind: "credential", entityId: apiKeyId } })).toBe(2);
});

test("it survives the person who made it (S117)", async () => {
  const maker = await member(organizationId, "developer");
  const { id: serviceIdId } = await createServiceId(maker, { applicationId, name: "survivor" });
  const { apiKeyId } = await createApiKey(maker, { serviceIdId, environment, name: "web" });
  const membership = await db().membership.findFirstOrThrow({ where: { userId: maker.userId } });
  await removeMember(owner, membership.id);
  await db().user.delete({ where: { id: maker.userId } });
  expect((await forGateway(apiKeyId))?.status).toBe("active");
  expect((await listServiceIds(owner, applicationId)).map(({ id }) => id)).toContain(serviceIdId);
});

test("every change is in the audit log, without a key; a name is taken once; a viewer may not write", async () => {
  const { id: serviceIdId, name } = await make([api]);
  const { apiKeyId } = await createApiKey(owner, { serviceIdId, environment, name: "web" });
  await updateServiceId(owner, { serviceIdId, name, description: "x", scope: [] });
  await revokeApiKey(owner, { apiKeyId });
  await deleteServiceId(owner, { serviceIdId });
  const events = await db().auditEvent.findMany({ where: { targetId: serviceIdId }, orderBy: { id: "asc" } });
  expect(events.map(({ action }) => action.replace("service-id.", ""))).toEqual([
    "created",
    "key-created",
    "updated",
    "key-revoked",
    "deleted",
  ]);
  expect(JSON.stringify(events)).not.toContain("psk_");
  await createServiceId(owner, { applicationId, name: "twice" });
  expect(await code(createServiceId(owner, { applicationId, name: "twice" }))).toBe("INPUT_INVALID");
  const viewer = await member(organizationId, "viewer");
  expect(await code(createServiceId(viewer, { applicationId, name: "mine" }))).toBe("FORBIDDEN");
});

test("a service ID shows what is published, never the provider's draft (F60)", async () => {
  const { id } = await make([api]);
  const shown = async () => (await listServiceIds(owner, applicationId)).find((s) => s.id === id)?.apis;
  const [before] = (await shown()) ?? [];
  expect(before?.id).toBe(api);
  const published = await db().publishedApi.findFirstOrThrow({
    where: { apiDefinitionId: api },
    select: { revision: { select: { title: true, version: true } } },
  });
  expect(before?.title).toBe(`${published.revision.title} ${published.revision.version}`);
  await db().apiDefinition.update({ where: { id: api }, data: { title: "Secret plans", version: "9.0.0" } });
  expect(await shown()).toEqual([before]);
});
