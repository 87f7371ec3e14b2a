import { expect, test } from "vitest";
import { anonymous } from "#lib/access/actor.ts";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, member, provider } from "#lib/test-kit/people.ts";
import { deleteApplication } from "./delete-application.ts";
import { listApplications } from "./list-applications.ts";
import { readApplication } from "./read-application.ts";
import { registerApplication } from "./register-application.ts";
import { updateApplication } from "./update-application.ts";

ownDatabase();

const environment = "sandbox" as const;
const code = (work: Promise<unknown>) => work.then(() => "done").catch((e) => e.code);

test("registering makes the application and its first client ID and secret in one step (S33, S34)", async () => {
  const { owner, organizationId } = await consumer();
  const made = await registerApplication(owner, { organizationId, name: " Storefront ", environment });
  expect(made.name).toBe("Storefront");
  expect(made.credential.clientId).toMatch(/^[0-9a-f]{32}$/);
  expect(made.credential.secret).toMatch(/^pcs_test_/);
  expect(await readApplication(owner, { applicationId: made.applicationId })).toMatchObject({
    name: "Storefront",
    credentials: [{ clientId: made.credential.clientId, environment, state: "active" }],
  });
});

test("an application is registered only where the actor's role allows it and the organization consumes", async () => {
  const { owner, organizationId } = await consumer();
  const stranger = (await consumer()).owner;
  const viewer = await member(organizationId, "viewer");
  const input = { organizationId, name: "Storefront", environment };
  expect(await code(registerApplication(stranger, input))).toBe("NOT_FOUND");
  expect(await code(registerApplication(viewer, input))).toBe("FORBIDDEN");
  expect(await code(registerApplication(anonymous, input))).toBe("SIGN_IN_REQUIRED");
  await db().organization.update({ where: { id: organizationId }, data: { isConsumer: false } });
  expect(await code(registerApplication(owner, input))).toBe("NOT_FOUND");
});

test("the list pages by cursor, newest first, and holds neither foreign applications nor the sandbox's own", async () => {
  const { owner, organizationId } = await consumer();
  await provider();
  for (let i = 0; i < 28; i += 1) {
    await db().application.create({ data: { id: crypto.randomUUID(), organizationId, name: `App ${i}` } });
  }
  const first = await listApplications(owner);
  const second = await listApplications(owner, { after: first.next ?? undefined });
  expect([first.rows.length, second.rows.length, second.next]).toEqual([25, 3, null]);
  expect(new Set([...first.rows, ...second.rows].map((a) => a.id)).size).toBe(28);
});

test("deleting asks for the name, then ends credentials and announces each of them", async () => {
  const { owner, organizationId } = await consumer();
  const { applicationId, credential } = await registerApplication(owner, { organizationId, name: "Old", environment });
  expect(await code(deleteApplication(owner, { applicationId, confirmName: "old" }))).toBe("INPUT_INVALID");
  await deleteApplication(owner, { applicationId, confirmName: "Old " });
  expect(await db().credential.count({ where: { clientId: credential.clientId } })).toBe(0);
  const told = await db().gatewayChange.findMany({
    where: { entityId: { in: [applicationId, credential.credentialId] } },
  });
  expect(told.map((c) => c.kind).sort()).toEqual(["application", "application", "credential", "credential"]);
  expect(await db().auditEvent.count({ where: { organizationId, action: "application.deleted" } })).toBe(1);
});

test("foreign applications are as absent as random ones, to read, change and delete", async () => {
  const { owner, organizationId } = await consumer();
  const { applicationId } = await registerApplication(owner, { organizationId, name: "Mine", environment });
  const stranger = (await consumer()).owner;
  const tries = (id: string) =>
    Promise.all(
      [
        readApplication(stranger, { applicationId: id }),
        updateApplication(stranger, { applicationId: id, name: "Yours" }),
        deleteApplication(stranger, { applicationId: id, confirmName: "Mine" }),
      ].map((p) => p.catch((e) => [e.code, e.detail])),
    );
  expect(await tries(applicationId)).toEqual(await tries(crypto.randomUUID()));
});

test("an application outlives the person who made it (S117)", async () => {
  const { owner, organizationId } = await consumer();
  const developer = await member(organizationId, "developer");
  const { applicationId } = await registerApplication(developer, { organizationId, name: "Stays", environment });
  await db().user.delete({ where: { id: developer.userId } });
  expect(await readApplication(owner, { applicationId })).toMatchObject({ credentials: [{ state: "active" }] });
});

test("a second application of one name is refused beside the field, at a rename and of two at once too (F60)", async () => {
  const { owner, organizationId } = await consumer();
  const register = (name: string) => registerApplication(owner, { organizationId, name, environment });
  const { applicationId } = await register("Storefront_1");
  const refused = { code: "NAME_TAKEN", fields: [{ field: "name", message: expect.stringContaining("Storefront_1") }] };
  await expect(register(" storefront_1 ")).rejects.toMatchObject(refused);
  // No pattern of the database: neither of these is the one above.
  // What looks the same is the same: full width letters, what is drawn as nothing, another composition, more blanks.
  for (const name of ["Ｓｔｏｒｅｆｒｏｎｔ_1", "Store\u200bfront_1", "Store\u00adfront_1", "STOREFRONT＿1"])
    await expect(register(name), name).rejects.toMatchObject(refused);
  await register("Café  Nord");
  await expect(register("CAFE\u0301 Nord")).rejects.toMatchObject({ code: "NAME_TAKEN" });
  for (const name of ["StorefrontX1", "Storefront%", "%"]) await register(name);
  const twice = await Promise.all([code(register("Night job")), code(register("night job"))]);
  expect(twice.sort()).toEqual(["NAME_TAKEN", "done"]);
  const other = await register("Other");
  await expect(
    updateApplication(owner, { applicationId: other.applicationId, name: "STOREFRONT_1" }),
  ).rejects.toMatchObject(refused);
  // Its own name in other letters is no other application's; another organization has names of its own.
  await updateApplication(owner, { applicationId, name: "STOREFRONT_1" });
  const elsewhere = await consumer();
  await registerApplication(elsewhere.owner, {
    organizationId: elsewhere.organizationId,
    name: "Storefront_1",
    environment,
  });
});

test("applications of one name from before keep it, and can be described anew (F60)", async () => {
  const { owner, organizationId } = await consumer();
  const [first = "", second = ""] = [crypto.randomUUID(), crypto.randomUUID()];
  for (const id of [first, second]) await db().application.create({ data: { id, organizationId, name: "Twin" } });
  await updateApplication(owner, { applicationId: first, name: "Twin", description: "The older one" });
  expect((await listApplications(owner)).rows.map(({ name }) => name)).toEqual(["Twin", "Twin"]);
  await expect(updateApplication(owner, { applicationId: second, name: "TWIN" })).rejects.toMatchObject({
    code: "NAME_TAKEN",
  });
});
