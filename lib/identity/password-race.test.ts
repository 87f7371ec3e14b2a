import { expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { gate, told } from "#lib/test-kit/gate.ts";
import { changePassword } from "./change-password.ts";
import { endOtherSessions } from "./end-own-session.ts";
import { readActor } from "./read-actor.ts";
import { signIn } from "./sign-in.ts";
import { signUp } from "./sign-up.ts";

ownDatabase();

const password = "correct horse battery";
let people = 0;

async function person() {
  people += 1;
  const email = `races-${people}@example.com`;
  await signUp({ name: "Mira Kessler", email, password, organization: "" }, { address: null });
  const open = (given = password) => signIn({ email, password: given }, { address: "192.0.2.1" });
  const enter = async () => {
    const actor = await readActor((await open()).sessionId);
    if (!actor) throw new Error("no actor");
    return actor;
  };
  const change = (actor: Awaited<ReturnType<typeof enter>>, next: string) =>
    changePassword(actor, { current: password, password: next });
  return { email, open, enter, change };
}
const openOf = async (userId: string) =>
  (await db().session.findMany({ where: { userId, endedAt: null } })).map(({ id }) => id);

test("nobody is in with the old password once a change of it is told ok, whatever was being verified (F65)", async () => {
  const { email, open, enter, change } = await person();
  const actor = await enter();
  const row = await gate("User", actor.userId);
  const changing = told(change(actor, "another good one"));
  await row.waited(1);
  const entering = told(open());
  await row.waited(2);
  await row.open();
  expect(await changing).toEqual({ ok: true });
  expect(await entering).toMatchObject({ ok: false, reason: { code: "SIGN_IN_REQUIRED" } });
  expect(await openOf(actor.userId)).toHaveLength(1);
  // It counts as a wrong one, as it would have a moment later.
  const { count } = await db().attempt.findUniqueOrThrow({ where: { subject: `sign-in ${email} 192.0.2.1` } });
  expect(count).toBe(1);
  await expect(open("another good one")).resolves.toMatchObject({ userId: actor.userId });
});

test("a sign-in that was first is ended by the change that follows (F65)", async () => {
  const { open, enter, change } = await person();
  const actor = await enter();
  const row = await gate("User", actor.userId);
  const entering = open();
  await row.waited(1);
  const changing = change(actor, "another good one");
  await row.waited(2);
  await row.open();
  await entering;
  const { sessionId } = await changing;
  expect(await openOf(actor.userId)).toEqual([sessionId]);
});

test("of two changes of a password at once one is told ok, and its password is the one that holds (F65)", async () => {
  const { open, enter, change } = await person();
  const [here, there] = [await enter(), await enter()];
  const row = await gate("User", here.userId);
  const first = told(change(here, "another good one"));
  await row.waited(1);
  const second = told(change(there, "yet one more of them"));
  await row.waited(2);
  await row.open();
  expect(await first).toEqual({ ok: true });
  expect(await second).toMatchObject({
    ok: false,
    reason: {
      fields: [{ field: "current", message: "Your password was changed a moment ago. Sign in with the new one." }],
    },
  });
  expect(await openOf(here.userId)).toHaveLength(1);
  expect((await open("another good one")).userId).toBe(here.userId);
  await expect(open("yet one more of them")).rejects.toMatchObject({ code: "SIGN_IN_REQUIRED" });
});

test.each(["before", "after"])(
  "a session that is ended %s its change of password does not come back (F65)",
  async (when) => {
    const { enter, change } = await person();
    const [here, there] = [await enter(), await enter()];
    const row = await gate("User", here.userId);
    const deeds = [() => told(endOtherSessions(here)), () => told(change(there, "another good one"))];
    if (when === "after") deeds.reverse();
    const done: Promise<unknown>[] = [];
    for (const [n, deed] of deeds.entries()) {
      const one = deed();
      done.push(one);
      await row.waited(n + 1, one);
    }
    await row.open();
    await Promise.all(done);
    // A change that came first has ended every session but its own, which ends as one of the others.
    expect(await openOf(here.userId)).toEqual(when === "before" ? [here.sessionId] : []);
  },
);

test("weak new passwords beside the right current one take nothing from the count of wrong ones (F63)", async () => {
  const { enter, change } = await person();
  const actor = await enter();
  for (let n = 0; n < 12; n += 1)
    await expect(change(actor, "password1234")).rejects.toMatchObject({ fields: [{ field: "password" }] });
  await expect(change(actor, "another good one")).resolves.toMatchObject({ endedSessions: 0 });
});
