import { expect, test } from "vitest";
import { recordSecurityEvent } from "#lib/audit/record-security-event.ts";
import { withHashing } from "#lib/crypto/password.ts";
import { db } from "#lib/db/client.ts";
import { createOrganization } from "#lib/organization/create-organization.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { changePassword } from "./change-password.ts";
import { endOtherSessions, endOwnSession } from "./end-own-session.ts";
import { endSession } from "./end-session.ts";
import { listSessions } from "./list-sessions.ts";
import { passwordWeakness } from "./password-strength.ts";
import { readActor } from "./read-actor.ts";
import { SESSIONS_MAX, signIn, type Visitor } from "./sign-in.ts";
import { signUp } from "./sign-up.ts";

ownDatabase();

const password = "correct horse battery";
const signedUp = async (email: string) => {
  await signUp({ name: "Mira Kessler", email, password, organization: "" }, { address: null });
  return email;
};
const open = (email: string, given = password, address = "192.0.2.1", clock?: () => Date) =>
  signIn({ email, password: given }, { address }, clock);
/** The person behind a new session. */
const enter = async (email: string, visitor: Visitor = { address: "192.0.2.1" }) => {
  const { sessionId } = await signIn({ email, password }, visitor);
  const actor = await readActor(sessionId);
  if (!actor) throw new Error("no actor");
  return actor;
};

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

test("changing the password ends every session, and the browser that asked has a new one (T28, F65)", async () => {
  const email = await signedUp("changes@example.com");
  const here = await open(email);
  const there = await open(email);
  const actor = await readActor(here.sessionId);
  if (!actor) throw new Error("no actor");
  await expect(changePassword(actor, { current: "not this one", password: "another good one" })).rejects.toMatchObject({
    fields: [{ field: "current" }],
  });
  const changed = await changePassword(actor, { current: password, password: "another good one" });
  expect(changed.endedSessions).toBe(1);
  expect(await readActor(there.sessionId)).toBeNull();
  expect(await readActor(here.sessionId)).toBeNull();
  expect((await readActor(changed.sessionId))?.userId).toBe(actor.userId);
  await expect(open(email)).rejects.toMatchObject({ code: "SIGN_IN_REQUIRED" });
  expect((await open(email, "another good one")).userId).toBe(actor.userId);
});

test("passwords are stored as argon2id with OWASP's setting", async () => {
  const email = await signedUp("stored@example.com");
  const { passwordHash } = await db().user.findUniqueOrThrow({ where: { email } });
  expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
});

const codes = async (calls: Promise<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(calls)).map((call) => (call.status === "fulfilled" ? "ok" : call.reason.code));
const count = (all: string[], code: string) => all.filter((one) => one === code).length;

test("guesses at the same moment are counted before they are checked, so that ten of them are, not thirty (F63)", async () => {
  const email = await signedUp("parallel@example.com");
  const all: string[] = [];
  // As many at a time as one address has places for.
  for (let round = 0; round < 5; round += 1)
    all.push(...(await codes(Array.from({ length: 6 }, () => open(email, "a guess", "192.0.2.60")))));
  expect([count(all, "SIGN_IN_REQUIRED"), count(all, "TOO_MANY_ATTEMPTS")]).toEqual([10, 20]);
});

test("a hundred guesses at once from one address, or one /64 of IPv6, take no place of others (F63)", async () => {
  const email = await signedUp("elsewhere@example.com");
  for (const from of [() => "192.0.2.61", (n: number) => `2001:db8:1:1::${n.toString(16)}`]) {
    const flood = codes(Array.from({ length: 100 }, (_, n) => open(`nobody-${n}@example.com`, "a guess", from(n))));
    const honest = await codes([open(email, password, "198.51.100.61"), open(email, password, "2001:db8:1:2::1")]);
    expect(honest).toEqual(["ok", "ok"]);
    expect(count(await flood, "OVERLOADED")).toBe(84);
  }
});

test("from 128 places of all on an address has one, and 256 are all there are (T32)", async () => {
  const { promise: done, resolve: end } = Promise.withResolvers<void>();
  const held: Promise<unknown>[] = [];
  const take = (subject: string) => {
    const one = withHashing(subject, () => done);
    held.push(one);
    // Refused at once, or held.
    return Promise.race([one.catch((error) => error.code), new Promise((go) => setImmediate(go, "held"))]);
  };
  for (let n = 0; n < 128; n += 1) expect(await take(`full-${n % 8}`)).toBe("held");
  expect([await take("full-0"), await take("crowd-0"), await take("crowd-0")]).toEqual([
    "OVERLOADED",
    "held",
    "OVERLOADED",
  ]);
  for (let n = 1; n < 128; n += 1) expect(await take(`crowd-${n}`)).toBe("held");
  expect(await take("one more")).toBe("OVERLOADED");
  end();
  await Promise.allSettled(held);
  expect(await withHashing("one more", async () => "held")).toBe("held");
});

test("one address has a budget over all accounts, which a right password does not use up (F63)", async () => {
  const email = await signedUp("listed@example.com");
  const guesses: string[] = [];
  for (let n = 0; n < 102; n += 6)
    guesses.push(
      ...(await codes(Array.from({ length: 6 }, (_, k) => open(`n${n + k}@example.com`, "a guess", "192.0.2.62")))),
    );
  expect([count(guesses, "SIGN_IN_REQUIRED"), count(guesses, "TOO_MANY_ATTEMPTS")]).toEqual([100, 2]);
  // A row for each account that was tried and one for the address: what is refused writes none.
  expect(await db().attempt.count({ where: { subject: { endsWith: "192.0.2.62" } } })).toBe(101);
  for (let n = 0; n < 12; n += 1) await open(email, password, "198.51.100.62");
  const { count: spent } = await db().attempt.findUniqueOrThrow({ where: { subject: "sign-in-from 198.51.100.62" } });
  expect(spent).toBe(0);
});

test("the current password can be guessed ten times by whoever holds a session, also at once (F63)", async () => {
  const actor = await enter(await signedUp("held@example.com"));
  const all: string[] = [];
  for (let round = 0; round < 4; round += 1)
    all.push(
      ...(await codes(
        Array.from({ length: 6 }, () => changePassword(actor, { current: "a guess", password: "another good one" })),
      )),
    );
  expect([count(all, "INPUT_INVALID"), count(all, "TOO_MANY_ATTEMPTS")]).toEqual([10, 14]);
});

test("one address makes twenty accounts an hour, taken addresses count, and others are not held up (F67)", async () => {
  const from = (address: string) => (n: number) =>
    signUp({ name: "N", email: `made-${n % 15}@example.com`, password, organization: `Made ${n}` }, { address });
  const all: string[] = [];
  for (let n = 0; n < 24; n += 6) all.push(...(await codes([0, 1, 2, 3, 4, 5].map((k) => from("192.0.2.67")(n + k)))));
  expect([count(all, "ok"), count(all, "INPUT_INVALID"), count(all, "TOO_MANY_ATTEMPTS")]).toEqual([15, 5, 4]);
  expect(await codes([from("198.51.100.67")(0)])).toEqual(["INPUT_INVALID"]);
});

test("one person founds ten organizations an hour (F67)", async () => {
  const actor = await enter(await signedUp("founder@example.com"));
  const found = (n: number) => createOrganization(actor, { name: `Org ${n}`, isProvider: false, isConsumer: true });
  const all = await codes(Array.from({ length: 12 }, (_, n) => found(n)));
  expect([count(all, "ok"), count(all, "TOO_MANY_ATTEMPTS")]).toEqual([10, 2]);
});

test("signing in again ends the session that the browser had (F65)", async () => {
  const email = await signedUp("again@example.com");
  const first = await enter(email);
  const second = await enter(email, { address: "192.0.2.1", sessionId: first.sessionId });
  expect(await readActor(first.sessionId)).toBeNull();
  expect(await listSessions(second)).toMatchObject([{ id: second.sessionId, current: true }]);
});

test("a person sees where they are signed in, ends one session or all others, and nobody else's (F65)", async () => {
  const email = await signedUp("lists@example.com");
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const there = await enter(email, { address: "192.0.2.1", userAgent: firefox });
  await enter(email);
  const here = await enter(email);
  const stranger = await enter(await signedUp("stranger@example.com"));
  expect((await listSessions(here)).map(({ browser, current }) => [browser, current])).toEqual([
    ["An unknown browser", true],
    ["An unknown browser", false],
    ["Firefox on Linux", false],
  ]);
  expect(await codes([endOwnSession(stranger, { sessionId: there.sessionId })])).toEqual(["NOT_FOUND"]);
  await endOwnSession(here, { sessionId: there.sessionId });
  expect(await readActor(there.sessionId)).toBeNull();
  expect(await endOtherSessions(here)).toEqual({ endedSessions: 1 });
  expect(await listSessions(here)).toHaveLength(1);
});

test("a person has twenty open sessions at most: a further one ends the oldest (F65)", async () => {
  const email = await signedUp("many@example.com");
  const first = await enter(email);
  for (let n = 0; n < SESSIONS_MAX - 1; n += 1) await enter(email);
  expect(await readActor(first.sessionId)).not.toBeNull();
  const last = await enter(email);
  expect(await readActor(first.sessionId)).toBeNull();
  expect(await listSessions(last)).toHaveLength(SESSIONS_MAX);
});

test("a sign-in, a refusal and a change of password stand in the installation's audit log, bounded, without a secret (F68)", async () => {
  const events = async (action: string, userId: string | null = null) =>
    db().auditEvent.findMany({ where: { organizationId: null, action, ...(userId && { actorId: userId }) } });
  // What the tests before used up of the window.
  delete (globalThis as { porticoSecurityEvents?: unknown }).porticoSecurityEvents;
  const before = (await events("sign-in.refused")).length;
  const email = await signedUp("audited@example.com");
  const actor = await enter(email, { address: "192.0.2.68" });
  expect(await events("session.opened", actor.userId)).toMatchObject([
    { actorName: "Mira Kessler", targetName: email, detail: { from: "192.0.2.68" } },
  ]);
  for (let n = 0; n < 12; n += 1)
    await open(`audited-${n}@example.com`, "MARKED guess", "192.0.2.68").catch(() => null);
  const refused = await events("sign-in.refused");
  expect(refused).toHaveLength(before + 10);
  expect(refused.find(({ targetName }) => targetName === "audited-0@example.com")).toMatchObject({
    actorId: null,
    detail: { code: "SIGN_IN_REQUIRED" },
  });
  await changePassword(actor, { current: "MARKED guess", password: "another good one" }).catch(() => null);
  await changePassword(actor, { current: password, password: "another good one" });
  expect(await events("password.refused", actor.userId)).toHaveLength(1);
  expect(await events("password.changed", actor.userId)).toHaveLength(1);
  expect(JSON.stringify(await db().auditEvent.findMany())).not.toMatch(/MARKED|another good one|correct horse/);
});

test("common passwords, rows, repetitions and a person's own words are refused with advice (F70)", async () => {
  const about = { name: "Mira Kessler", email: "mira.kessler@example.com", organization: "Northwind Retail" };
  const weak = [
    ...["aaaaaaaaaaaa", "password1234", "Password123!", "qwertyuiop12", "123456789012", "abcdefghijkl", "iloveyou2024"],
    ...["passwordpassword", "portico12345", "mira.kessler", "Mira Kessler", "kesslerkessler", "x".repeat(200)],
    ...[
      "Mira1985Kessler",
      "mirakessler1985",
      "kessler-mira-1985",
      "mirakesslerexample",
      "P0rtico-Portico",
      "portico2026!!",
    ],
    ...["Northwind2026", "NorthwindRetail1", "retail-northwind", "northwindnorthwind!"],
    ...[
      "29.11.2026 2026",
      "2026-11-29 2026",
      "29112026 29112026",
      "29 november 2026",
      "December 29 2025",
      "monday2026monday",
    ],
    ...[
      "qwertzuiop123",
      "1qaz2wsx3edc",
      "qweasdzxc123",
      "mnbvcxzlkjhg",
      "1234qwerasdf",
      "a1b2c3d4e5f6",
      "azertyuiop12",
    ],
    ...["abcabcabcabc", "abc123abc123", "121212121212", "ÄÖÜäöüÄÖÜäöü", "aaaabbbbcccc", "йцукенгшщзхъ", "!!!!!!!!!!!!"],
    ...[
      "Elephant2026!",
      "thunderstorm99",
      "Welcome2026!!",
      "secret123456!",
      "Summer2026!!!",
      "2026!Elephant",
      "drowssap1234",
    ],
    ...[
      "ｐａｓｓｗｏｒｄ１２３４",
      "password\u200b1234",
      "p a s s w o r d 1 2",
      "p.a.s.s.w.o.r.d.",
      "geheim123456",
      "пароль123456",
    ],
  ];
  for (const given of weak) {
    // An address each, so that the budget of one does not end it.
    const address = `203.0.113.${weak.indexOf(given)}`;
    const refused = await signUp({ ...about, password: given }, { address }).catch((error) => error);
    expect(refused.fields, given).toEqual([{ field: "password", message: expect.stringMatching(/^This .+\. .+\.$/) }]);
  }
  const actor = await enter(await signedUp("chooses@example.com"));
  const changed = await changePassword(actor, { current: password, password: "password1234" }).catch((error) => error);
  expect(changed.fields).toMatchObject([{ field: "password" }]);
  const organization = await changePassword(actor, { current: password, password: "Kesslers2026!" }).catch((e) => e);
  expect(organization.fields).toMatchObject([{ field: "password" }]);
  for (const good of [
    ...["a password of twelve", "another good one", "k3IUxCOhgdi9N2d3kLIQ", "grüner Tee am Morgen"],
    ...[
      "correct horse battery",
      "mira drinks green tea at dawn",
      "4917 8823 5061 3378",
      "f3a9c81b77e2",
      "чай зелёный утром",
      "雨の朝に緑茶を一杯飲む人",
    ],
  ])
    expect(await passwordWeakness(good, ["Mira Kessler"]), good).toBeNull();
});

test("of one kind of event two hundred are kept within ten minutes, however many addresses they come from (T32)", async () => {
  delete (globalThis as { porticoSecurityEvents?: unknown }).porticoSecurityEvents;
  const from = (n: number) => ({ by: { userId: null, name: "Somebody" }, on: "flooded@example.com", from: `f-${n}` });
  for (let n = 0; n < 220; n += 1) await recordSecurityEvent({ action: "sign-up.refused", ...from(n) });
  expect(await db().auditEvent.count({ where: { targetName: "flooded@example.com" } })).toBe(200);
  await recordSecurityEvent({ action: "password.refused", ...from(0) });
  expect(await db().auditEvent.count({ where: { targetName: "flooded@example.com" } })).toBe(201);
});

test("refusals leave the audit log after ninety days, and nothing else ever does (F68)", async () => {
  const long = new Date(Date.now() - 91 * 86_400_000);
  const by = { userId: null, name: "Somebody" };
  delete (globalThis as { porticoSecurityEvents?: unknown }).porticoSecurityEvents;
  await recordSecurityEvent({ action: "sign-in.refused", by, on: "long-ago@example.com" }, long);
  await recordSecurityEvent({ action: "session.opened", by, on: "long-ago@example.com" }, long);
  await db().$executeRaw`select delete_ended_refusals(${new Date()})`;
  const left = await db().auditEvent.findMany({ where: { targetName: "long-ago@example.com" } });
  expect(left.map(({ action }) => action)).toEqual(["session.opened"]);
  await expect(db().auditEvent.deleteMany({})).rejects.toThrow(/append-only/);
});
