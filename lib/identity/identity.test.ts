import { expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { changePassword } from "./change-password.ts";
import { endSession } from "./end-session.ts";
import { readActor } from "./read-actor.ts";
import { signIn } from "./sign-in.ts";
import { signUp } from "./sign-up.ts";

ownDatabase();

const password = "correct horse battery";
const signedUp = async (email: string) => {
  await signUp({ name: "Mira Kessler", email, password, organization: "" });
  return email;
};
const open = (email: string, given = password, address = "192.0.2.1", clock?: () => Date) =>
  signIn({ email, password: given }, address, clock);

test("a new account owns a consumer organization, so that an application can be registered at once", async () => {
  const email = await signedUp("first@example.com");
  const { sessionId } = await open(email);
  const actor = await readActor(sessionId);
  expect(actor?.memberships).toMatchObject([{ role: "owner", isConsumer: true, isProvider: false }]);
});

test("an address that is taken is refused beside its field, in any case of letters", async () => {
  await signedUp("taken@example.com");
  await expect(signedUp("taken@example.com")).rejects.toMatchObject({
    code: "INPUT_INVALID",
    fields: [{ field: "email" }],
  });
});

test("an unknown address and a wrong password get the same answer", async () => {
  const email = await signedUp("known@example.com");
  const wrong = await open(email, "something else entirely").catch((error) => error);
  const unknown = await open("unknown@example.com").catch((error) => error);
  expect([unknown.code, unknown.detail]).toEqual([wrong.code, wrong.detail]);
  expect(wrong.code).toBe("SIGN_IN_REQUIRED");
});

test("after ten wrong passwords one network address waits, and the person elsewhere does not (T31)", async () => {
  const email = await signedUp("guessed@example.com");
  for (let n = 0; n < 10; n += 1)
    await expect(open(email, "wrong password")).rejects.toMatchObject({ code: "SIGN_IN_REQUIRED" });
  await expect(open(email)).rejects.toMatchObject({ code: "TOO_MANY_ATTEMPTS" });
  expect((await open(email, password, "198.51.100.7")).sessionId).toBeTruthy();
  const later = () => new Date(Date.now() + 16 * 60_000);
  expect((await open(email, password, "192.0.2.1", later)).sessionId).toBeTruthy();
});

test("an ended session is nobody, whoever still holds its cookie", async () => {
  const { sessionId } = await open(await signedUp("leaves@example.com"));
  expect(await readActor(sessionId)).not.toBeNull();
  await endSession(sessionId);
  expect(await readActor(sessionId)).toBeNull();
});

test("a session ends by itself after fourteen days", async () => {
  const { sessionId } = await open(await signedUp("stays@example.com"));
  expect(await readActor(sessionId, () => new Date(Date.now() + 15 * 86_400_000))).toBeNull();
});

test("changing the password ends every other session and keeps this one (T28)", async () => {
  const email = await signedUp("changes@example.com");
  const here = await open(email);
  const there = await open(email);
  const actor = await readActor(here.sessionId);
  if (!actor) throw new Error("no actor");
  await expect(changePassword(actor, { current: "not this one", password: "another good one" })).rejects.toMatchObject({
    fields: [{ field: "current" }],
  });
  expect(await changePassword(actor, { current: password, password: "another good one" })).toEqual({
    endedSessions: 1,
  });
  expect(await readActor(there.sessionId)).toBeNull();
  expect(await readActor(here.sessionId)).not.toBeNull();
  await expect(open(email)).rejects.toMatchObject({ code: "SIGN_IN_REQUIRED" });
  expect((await open(email, "another good one")).userId).toBe(actor.userId);
});

test("passwords are stored as argon2id with OWASP's setting", async () => {
  const email = await signedUp("stored@example.com");
  const { passwordHash } = await db().user.findUniqueOrThrow({ where: { email } });
  expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
});
