import { expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permissions.ts";
import { readEndpoints, readTestCredential } from "#lib/catalog/read-endpoints.ts";
import { db } from "#lib/db/client.ts";
import { actorOfUser } from "#lib/identity/read-actor.ts";
import { signUp } from "#lib/identity/sign-up.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, member, person, provider } from "#lib/test-kit/people.ts";
import { acceptInvitation, readInvitation } from "./accept-invitation.ts";
import { changeRole, removeMember } from "./change-member.ts";
import { inviteMember } from "./invite-member.ts";
import { memberLock } from "./organization.rules.ts";
import { listMembers, readOrganization } from "./read-organization.ts";
import { updateOrganization } from "./update-organization.ts";

ownDatabase();

test("a provider starts with a space, a Sandbox with test values, and Production (X9)", async () => {
  const { owner, slug, organizationId } = await provider("Acme Weather");
  expect(slug).toBe("acme-weather");
  const catalogs = await db().catalog.findMany({ where: { organizationId }, orderBy: { createdAt: "asc" } });
  expect(catalogs.map((c) => [c.slug, c.kind, c.isDefault])).toEqual([
    ["sandbox", "sandbox", true],
    ["production", "production", false],
  ]);
  expect(await db().space.findMany({ where: { organizationId } })).toMatchObject([
    { slug: null, pathPrefix: "acme-weather" },
  ]);
  const test = await readTestCredential(owner, slug, "sandbox");
  expect(test?.clientId).toMatch(/^[0-9a-f]{32}$/);
  expect(test?.secret).toMatch(/^pcs_test_[0-9A-Za-z]{49}$/);
});

test("test values are sealed at rest, and a viewer does not get them (S54)", async () => {
  const { slug, organizationId } = await provider();
  const viewer = await member(organizationId, "viewer");
  expect(await readTestCredential(viewer, slug, "sandbox")).toBeNull();
  const row = await db().sandboxTestCredential.findFirstOrThrow({ where: { catalog: { organizationId } } });
  expect(Buffer.from(row.sealedSecret).toString("latin1")).not.toContain("pcs_test_");
});

test("test values whose key is missing say which, and the rest of the page stands (F20)", async () => {
  const { owner, slug, organizationId } = await provider();
  const { catalogId } = await db().sandboxTestCredential.findFirstOrThrow({ where: { catalog: { organizationId } } });
  await db().sandboxTestCredential.update({ where: { catalogId }, data: { sealKeyId: "01234567" } });
  expect(await readTestCredential(owner, slug, "sandbox")).toMatchObject({ secret: null, missingKeyId: "01234567" });
  const { test, pathPrefix } = await readEndpoints(owner, slug, "sandbox");
  expect([test?.missingKeyId, pathPrefix]).toEqual(["01234567", `/${slug}/sandbox`]);
});

test("two organizations of one name get different addresses", async () => {
  const [one, two] = [await provider("Twin"), await provider("Twin")];
  expect([one.slug, two.slug]).toEqual(["twin", "twin-2"]);
});

test("a consumer that starts to publish gets its catalogs, and cannot stop being a provider", async () => {
  const { owner, slug, organizationId } = await consumer("Grows");
  await updateOrganization(owner, slug, { name: "Grows", isProvider: true, isConsumer: true });
  expect(await db().catalog.count({ where: { organizationId } })).toBe(2);
  const now = await actorOfUser(owner.userId);
  await expect(
    updateOrganization(now, slug, { name: "Grows", isProvider: false, isConsumer: true }),
  ).rejects.toMatchObject({ fields: [{ field: "isProvider" }] });
});

test("a foreign organization is as absent as one that does not exist", async () => {
  const { slug } = await provider("Secretive");
  const stranger = (await consumer("Stranger")).owner;
  const foreign = await readOrganization(stranger, slug).catch((e) => e);
  const random = await readOrganization(stranger, "no-such-thing").catch((e) => e);
  expect([foreign.code, foreign.detail]).toEqual(["NOT_FOUND", random.detail]);
});

test("an invitation makes a member once, only for the invited address", async () => {
  const { owner, slug, organizationId } = await provider("Inviting");
  const guest = await person("Guest");
  const { token } = await inviteMember(owner, slug, { email: guest.email, role: "editor" });
  expect(await readInvitation(token)).toMatchObject({ email: guest.email, role: "editor" });
  await expect(acceptInvitation(await person("Thief"), token)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await acceptInvitation(guest, token);
  expect((await actorOfUser(guest.userId)).memberships).toMatchObject([{ organizationId, role: "editor" }]);
  await expect(acceptInvitation(guest, token)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await db().invitation.count({ where: { organizationId, acceptedAt: null } })).toBe(0);
});

test("role and membership of an owner are locked for admins, those of the only owner for everybody", async () => {
  const { owner, organizationId } = await provider("Locked");
  const admin = await member(organizationId, "admin");
  const [one, other] = [{ role: "owner" }, { role: "editor" }] as const;
  const lock = (actor: UserActor, of: { role: Role }, owners: number) => memberLock(actor, organizationId, of, owners);
  expect(lock(owner, one, 1)).toMatch(/^The only owner/);
  expect(lock(owner, one, 2)).toBeNull();
  expect(lock(admin, one, 2)).toMatch(/^Only an owner/);
  expect(lock(admin, other, 1)).toBeNull();
});

test("an admin cannot make or unmake an owner", async () => {
  const { owner, slug, organizationId } = await provider("Ruled");
  const admin = await member(organizationId, "admin");
  await expect(inviteMember(admin, slug, { email: "x@example.com", role: "owner" })).rejects.toMatchObject({
    fields: [{ field: "role" }],
  });
  const { members } = await listMembers(owner, { organization: slug });
  const own = members.rows.find((m) => m.userId === owner.userId)?.id ?? "";
  await expect(changeRole(admin, own, "viewer")).rejects.toMatchObject({ fields: [{ field: "role" }] });
});

test("an organization keeps at least one owner, also against the database directly", async () => {
  const { owner, slug } = await provider("Orphaned");
  const { members } = await listMembers(owner, { organization: slug });
  const own = members.rows[0]?.id ?? "";
  await expect(removeMember(owner, own)).rejects.toMatchObject({ code: "STATE_INVALID" });
  await expect(db().membership.delete({ where: { id: own } })).rejects.toThrow(/at least one owner/);
});

test("the audit log refuses to be changed", async () => {
  const { organizationId } = await provider("Audited");
  await expect(db().auditEvent.updateMany({ where: { organizationId }, data: { action: "nothing" } })).rejects.toThrow(
    /append-only/,
  );
  await expect(db().auditEvent.deleteMany({ where: { id: newId() } })).rejects.toThrow(/append-only/);
});

test("an invitation ends with its sender's membership, and with the role that allowed it (F66)", async () => {
  const { owner, slug, organizationId } = await provider("Leaving");
  const admin = await member(organizationId, "admin");
  const membership = await db().membership.findFirstOrThrow({ where: { organizationId, userId: admin.userId } });
  const sent = async (email: string) => (await inviteMember(admin, slug, { email, role: "editor" })).token;
  const demoted = await sent("demoted@example.com");
  const kept = (await inviteMember(owner, slug, { email: "kept@example.com", role: "editor" })).token;
  await changeRole(owner, membership.id, "editor");
  await expect(readInvitation(demoted)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await changeRole(owner, membership.id, "admin");
  const removed = await sent("removed@example.com");
  await removeMember(owner, membership.id);
  await expect(readInvitation(removed)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await listMembers(owner, { organization: slug })).invitations.rows.map(({ email }) => email)).toEqual([
    "kept@example.com",
  ]);
  expect(await readInvitation(kept)).toMatchObject({ email: "kept@example.com" });
});

test("an address has one live link, however many are asked for at once (F66)", async () => {
  const { owner, slug } = await provider("Asking");
  const guest = await person("Guest");
  const links = await Promise.all(
    [1, 2, 3, 4].map(() => inviteMember(owner, slug, { email: guest.email, role: "viewer" })),
  );
  const live = await Promise.all(
    links.map(({ token }) =>
      readInvitation(token).then(
        () => token,
        () => null,
      ),
    ),
  );
  const [token = "", ...more] = live.filter((one) => one !== null);
  expect(more).toEqual([]);
  // And it works once, also at once.
  const joined = await Promise.allSettled([1, 2, 3].map(() => acceptInvitation(guest, token)));
  expect(joined.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("signing up by an invitation takes its link, alive and for that address (F66)", async () => {
  const { owner, slug } = await provider("Proving");
  const { token } = await inviteMember(owner, slug, { email: "proven@example.com", role: "viewer" });
  const by = (email: string, invitation: string) =>
    signUp({ name: "N", email, password: "correct horse battery", organization: "" }, { address: null, invitation });
  await expect(by("other@example.com", token)).rejects.toMatchObject({ fields: [{ field: "email" }] });
  await expect(by("proven@example.com", "of-nobody")).rejects.toMatchObject({ code: "NOT_FOUND" });
  const { userId } = await by("proven@example.com", token);
  expect(await db().membership.count({ where: { userId } })).toBe(0);
  await acceptInvitation(await actorOfUser(userId), token);
  await expect(by("proven@example.com", token)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("members come by the page, every one of them, are found by name or address, and the owners are counted over all (F72)", async () => {
  const { owner, slug, organizationId } = await provider("Crowded");
  const rows = Array.from({ length: 60 }, (_, n) => ({
    id: newId(),
    name: `Member ${n}`,
    email: `m${n}@crowd.example`,
  }));
  await db().user.createMany({ data: rows.map((row) => ({ ...row, passwordHash: "" })) });
  await db().membership.createMany({
    data: rows.map(({ id }, n) => ({ id: newId(), organizationId, userId: id, role: n === 59 ? "owner" : "viewer" })),
  });
  const seen = new Set<string>();
  let after: string | undefined;
  for (let page = 0; page < 3; page += 1) {
    const { members, total, owners } = await listMembers(owner, { organization: slug, after });
    expect([total, owners]).toEqual([61, 2]);
    for (const { userId } of members.rows) seen.add(userId);
    after = members.next ?? undefined;
  }
  expect([seen.size, after]).toEqual([61, undefined]);
  const byName = await listMembers(owner, { organization: slug, q: "member 5" });
  expect(byName.members.rows).toHaveLength(11);
  const byAddress = await listMembers(owner, { organization: slug, q: "M42@CROWD" });
  expect(byAddress.members.rows).toMatchObject([{ name: "Member 42" }]);
});

test("an organization has a hundred invitations that wait, and the next is refused (T32)", async () => {
  const { owner, organizationId, slug } = await provider();
  await db().invitation.createMany({
    data: Array.from({ length: 99 }, (_, n) => ({
      id: newId(),
      organizationId,
      email: `invited-${n}@example.com`,
      role: "viewer" as const,
      tokenHash: Buffer.from(`token ${n}`),
      expiresAt: new Date(Date.now() + 60_000),
      invitedById: owner.userId,
    })),
  });
  const invite = (email: string) => inviteMember(owner, slug, { email, role: "viewer" });
  await invite("hundredth@example.com");
  await expect(invite("next@example.com")).rejects.toMatchObject({ code: "STATE_INVALID" });
  // Another link for whoever is invited takes no further place.
  await invite("hundredth@example.com");
});
