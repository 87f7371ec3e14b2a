import { expect, test } from "vitest";
import { planInput } from "./product.schema.ts";

const plan = { title: "Gold", requiresApproval: false };
const issueOf = (input: object) => planInput.safeParse({ ...plan, ...input }).error?.issues[0];

test("an empty rate limit is none, and what is not said is no limit", () => {
  expect(planInput.parse({ ...plan, rateLimit: "" })).toEqual({
    ...plan,
    rateLimit: [],
    burstLimit: [],
    quota: [],
    operations: [],
  });
});

test.each([
  ["rateLimit", { rateLimit: "lots" }, "100/1hour"],
  ["burstLimit", { rateLimit: "", burstLimit: "5/1day" }, "20/1second"],
  ["quota", { rateLimit: "", quota: "5/1hour" }, "20000/1month"],
])("a wrong %s is refused beside its field, with an example", (field, input, example) => {
  expect(issueOf(input)).toMatchObject({ path: [field], message: expect.stringContaining(example) });
});

test("an operation is named by method and path, in any case and with any space", () => {
  const operation = { apiId: "01890000-0000-7000-8000-000000000000", rateLimit: "5/1minute" };
  const named = (text: string) => ({ rateLimit: "", operations: [{ ...operation, operation: text }] });
  expect(planInput.parse({ ...plan, ...named(" get   /current ") }).operations[0]).toMatchObject({
    operation: "GET /current",
    rateLimit: [{ limit: 5, windowSeconds: 60 }],
  });
  expect(issueOf(named("current"))).toMatchObject({ path: ["operations", 0, "operation"] });
});
