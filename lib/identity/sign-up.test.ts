import { expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { signUp } from "./sign-up.ts";

ownDatabase();

const stranger = (email: string, organization: string) =>
  signUp({ name: "Stranger", email, password: "a long enough passphrase", organization }, { address: null });

test("four sign-ups at once with one organization name all get an account and an organization of their own (F57)", async () => {
  const people = ["one", "two", "three", "four"].map((name) => `${name}@example.com`);
  const made = await Promise.all(people.map((email) => stranger(email, "Umbrella")));
  const slugs = await db().organization.findMany({
    where: { memberships: { some: { userId: { in: made.map(({ userId }) => userId) } } } },
    select: { slug: true },
    orderBy: { slug: "asc" },
  });
  expect(slugs.map(({ slug }) => slug)).toEqual(["umbrella", "umbrella-2", "umbrella-3", "umbrella-4"]);
});

test("of two sign-ups at once with one address the second hears it at the address, and leaves no organization (F57)", async () => {
  const both = await Promise.allSettled([stranger("same@example.com", "Left"), stranger("same@example.com", "Right")]);
  const refused = both.filter((one) => one.status === "rejected");
  expect(refused).toHaveLength(1);
  expect(refused[0]?.reason).toMatchObject({ fields: [{ field: "email" }] });
  expect(await db().organization.count({ where: { name: { in: ["Left", "Right"] } } })).toBe(1);
});
