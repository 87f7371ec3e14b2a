import { expect, test } from "vitest";
import { anonymous, type SystemActor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { listInstallationEvents } from "#lib/audit/list-events.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { administrator, person, provider } from "#lib/test-kit/people.ts";
import { actorOfUser } from "./read-actor.ts";
import { setAdministrator } from "./set-administrator.ts";

ownDatabase();

const operator: SystemActor = { kind: "system", name: "Operator" };

test("a person becomes an administrator and stops being one, each once in the log", async () => {
  const { userId, email } = await person("Ada");
  const add = () => setAdministrator(operator, { email: ` ${email.toUpperCase()} `, isAdministrator: true });
  expect([await add(), await add()]).toEqual([
    { name: "Ada", changed: true },
    { name: "Ada", changed: false },
  ]);
  const ada = await actorOfUser(userId);
  expect(ada.isAdministrator).toBe(true);
  await setAdministrator(operator, { email, isAdministrator: false });
  expect((await actorOfUser(userId)).isAdministrator).toBe(false);
  const { rows } = await listInstallationEvents(operator, {});
  expect(rows.map(({ actorName, action, targetName }) => [actorName, action, targetName])).toEqual([
    ["Operator", "administrator.removed", "Ada"],
    ["Operator", "administrator.added", "Ada"],
  ]);
});

test("an address without an account, and one that is none, is an error of the field", async () => {
  for (const [email, message] of [
    ["nobody@example.com", "No account has the address nobody@example.com."],
    ["nobody", /^Enter an e-mail address/],
  ] as const) {
    await expect(setAdministrator(operator, { email, isAdministrator: true })).rejects.toMatchObject({
      fields: [{ field: "email", message: expect.stringMatching(message) }],
    });
  }
});

test("owners of organizations and strangers make nobody an administrator", async () => {
  const { owner } = await provider();
  await expect(setAdministrator(owner, { email: owner.email, isAdministrator: true })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await expect(setAdministrator(anonymous, { email: owner.email, isAdministrator: true })).rejects.toMatchObject({
    code: "SIGN_IN_REQUIRED",
  });
  expect((await actorOfUser(owner.userId)).isAdministrator).toBe(false);
});

test("an administrator may do nothing in organizations that they do not belong to", async () => {
  const ada = await administrator();
  await provider();
  expect(() => authorize(ada, "organization:read")).toThrow("FORBIDDEN");
});
