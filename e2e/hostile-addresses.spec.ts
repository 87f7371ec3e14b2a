import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";

/** The pages of the portal as their files name them: `/provider/[organization]/members`. */
const pages = globSync("app/**/page.tsx", { cwd: join(import.meta.dirname, "..") }).map((file) =>
  file
    .replace(/^app/, "")
    .replace(/\/page\.tsx$/, "")
    .replace(/\/\([^)]*\)/g, ""),
);

/** As they travel: what is no text, what cannot be stored, what cannot be seen, and what other readers take for a path. */
const segments = [
  "%00",
  "a%00b",
  "weather@%00",
  "weather@~00",
  "%ED%A0%80",
  "%E2%80%8B",
  "%E2%80%AE",
  "%",
  "%2e%2e%2f",
  "x".repeat(3_000),
];
const names = ["q", "after", "version", "next", "line", "view", "show", "test", "api", "operation", "from", "moved"];
const query = (value: string) => names.map((name) => `${name}=${value}&${name}[startsWith]=`).join("&");

/** The same address with the hostile text in the place of its last segment that varies, else of each. */
function* addresses(): Generator<string> {
  for (const page of pages) {
    const real = page.replaceAll("[organization]", "acme").replaceAll("[catalog]", "sandbox");
    for (const segment of segments) {
      if (real.includes("[")) yield real.replace(/\[\w+\]/g, segment);
      if (page.includes("[")) yield page.replace(/\[\w+\]/g, segment);
    }
    const found = real.replace("[api]", "weather-provider-api").replace("[operation]", "getCurrent");
    for (const value of ["%00", "%ED%A0%80", "%E2%80%8B"]) yield `${found.replace(/\[\w+\]/g, value)}?${query(value)}`;
  }
}

test("no page fails, whatever stands in its address (F61)", async ({ asUser, provider, administrator }) => {
  // Some eight hundred addresses, asked for without a browser.
  for (const account of [provider, administrator]) {
    const { request } = (await asUser(account)).context();
    const failed: string[] = [];
    for (const address of new Set(addresses())) {
      const answer = await request.get(address, { maxRedirects: 0 });
      const body = await answer.text();
      if (answer.status() >= 500 || body.includes("This page failed")) failed.push(`${answer.status()} ${address}`);
    }
    expect(failed).toEqual([]);
  }
});
