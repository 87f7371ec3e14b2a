import { expect, test } from "vitest";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { statementsOf } from "#lib/test-kit/statements.ts";
import { pagesOf } from "./pages.ts";
import { type Amount, seedMany } from "./seed-many.ts";

ownDatabase();

const some: Amount = {
  ...{ providers: 1, apisEach: 3, operationsEach: 5 },
  ...{ consumers: 1, applicationsEach: 4, subscriptions: 8 },
  ...{ events: 40, members: 5 },
};
const tenTimes: Amount = {
  ...{ providers: 3, apisEach: 10, operationsEach: 20 },
  ...{ consumers: 2, applicationsEach: 130, subscriptions: 300 },
  ...{ events: 200, members: 60 },
};

test("every page asks for as much with many of everything as with few, but one statement more for who did not fit (F72, F73)", async () => {
  const few = pagesOf(await seedMany(some, "few"), undefined);
  const counts = new Map<string, number>();
  for (const [name, read] of Object.entries(few)) counts.set(name, (await statementsOf(read)).length);
  const many = pagesOf(await seedMany(tenTimes, "many"), undefined);
  for (const [name, read] of Object.entries(many))
    expect((await statementsOf(read)).length, name).toBeLessThanOrEqual((counts.get(name) ?? 0) + 1);
});
