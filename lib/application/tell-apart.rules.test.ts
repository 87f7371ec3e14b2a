import { expect, test } from "vitest";
import { labelsOf } from "./tell-apart.rules.ts";

const at = (day: number) => new Date(Date.UTC(2026, 10, day));

test("a list to choose from tells applications of one name apart by the end of their client IDs (F60)", () => {
  const labels = labelsOf([
    { name: "Storefront", createdAt: at(1), clientId: `${"0".repeat(28)}c9a2` },
    { name: "Billing", createdAt: at(2), clientId: `${"0".repeat(28)}1111` },
    { name: "storefront", createdAt: at(3), clientId: `${"0".repeat(28)}0f0f` },
    { name: "Storefront", createdAt: at(4), clientId: undefined },
  ]);
  expect(labels).toEqual(["Storefront …c9a2", "Billing", "storefront …0f0f", "Storefront, 4 Nov 2026"]);
});
