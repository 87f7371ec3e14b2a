import { expect, test } from "vitest";
import { currentHref } from "./current-href.ts";

const links = [
  { href: "/provider/acme", exact: true },
  { href: "/provider/acme/drafts/apis", under: ["/provider/acme/drafts/products"] },
  { href: "/provider/acme/members" },
];

test("the longest link that is the address or above it is current", () => {
  expect(currentHref("/provider/acme", links)).toBe("/provider/acme");
  expect(currentHref("/provider/acme/drafts/apis/42", links)).toBe("/provider/acme/drafts/apis");
});

test("a link is current in the further folders that it names", () => {
  expect(currentHref("/provider/acme/drafts/products/7", links)).toBe("/provider/acme/drafts/apis");
});

test("an exact link is not current below its address", () => {
  expect(currentHref("/provider/acme/audit", links)).toBeNull();
});

test("a name that only begins alike is not current", () => {
  expect(currentHref("/apis-old", [{ href: "/apis" }])).toBeNull();
});
