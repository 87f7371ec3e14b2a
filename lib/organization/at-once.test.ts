import { expect, test } from "vitest";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { setBackendInput } from "#lib/backend/backend.schema.ts";
import { setBackend } from "#lib/backend/set-backend.ts";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, member, provider } from "#lib/test-kit/people.ts";
import { changeRole } from "./change-member.ts";
import { inviteMember } from "./invite-member.ts";
import { updateOrganization } from "./update-organization.ts";

ownDatabase();

test("an organization that two make a provider at once is set up once, and both are told true (F57)", async () => {
  const { owner, slug, organizationId } = await consumer("Twofold");
  const become = { name: "Twofold", isProvider: true, isConsumer: true };
  await Promise.all([updateOrganization(owner, slug, become), updateOrganization(owner, slug, become)]);
  expect(await db().space.count({ where: { organizationId } })).toBe(1);
  expect(await db().catalog.count({ where: { organizationId } })).toBe(2);
});

test("invitations of one person at once leave one link, and the last word of two owners about each other is refused (F57)", async () => {
  const { owner, slug, organizationId } = await consumer("Inviting");
  const invite = () => inviteMember(owner, slug, { email: "guest@example.com", role: "viewer" });
  await Promise.all([invite(), invite(), invite()]);
  expect(await db().invitation.count({ where: { organizationId, acceptedAt: null } })).toBe(1);

  const second = await member(organizationId, "owner");
  const idOf = async (userId: string) =>
    (await db().membership.findFirstOrThrow({ where: { organizationId, userId } })).id;
  const [one, other] = [await idOf(owner.userId), await idOf(second.userId)];
  const both = await Promise.allSettled([changeRole(owner, other, "viewer"), changeRole(second, one, "viewer")]);
  expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(both.find((result) => result.status === "rejected")?.reason).toMatchObject({ code: "STATE_INVALID" });
});

test("two that set the first backend of an API at once are both told true (F57)", async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  const { owner, slug, organizationId } = await provider("Backed");
  const { id: apiId } = await createApiDefinition(owner, { organization: slug, title: "Backed", basePath: "/backed" });
  const { id: catalogId } = await db().catalog.findFirstOrThrow({ where: { organizationId } });
  const set = (port: number) =>
    setBackend(owner, setBackendInput.parse({ apiId, catalogId, url: `http://127.0.0.1:${port}`, authKind: "none" }));
  await Promise.all([set(4010), set(4011)]);
  expect(await db().backend.count({ where: { apiDefinitionId: apiId } })).toBe(1);
});
