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

/** As they travel: what cannot be stored, what is no text, what cannot be seen, and what no escape is. */
const segments = ["%00", "weather@~00", "%ED%A0%80", "%E2%80%8B", "%"];
const names = [
  "q",
  "after",
  "version",
  "next",
  "line",
  "view",
  "show",
  "test",
  "api",
  "operation",
  "from",
  "moved",
  "refused",
];
const query = (value: string) => names.map((name) => `${name}=${value}&${name}[startsWith]=`).join("&");

/** Each page with a hostile text in the place of what varies in its address, and with a hostile query. */
function* addresses(): Generator<string> {
  for (const page of pages) {
    const real = page.replaceAll("[organization]", "acme").replaceAll("[catalog]", "sandbox");
    for (const segment of page.includes("[") ? segments : []) {
      yield (real.includes("[") ? real : page).replace(/\[\w+\]/g, segment);
    }
    const found = real.replace("[api]", "weather-provider-api").replace("[operation]", "getCurrent");
    for (const value of ["%00", "%ED%A0%80", "__proto__", "constructor"])
      yield `${found.replace(/\[\w+\]/g, value)}?${query(value)}`;
  }
}

test("no page fails, whatever stands in its address (F61)", async ({ asUser, provider, administrator }) => {
  const isOperators = (address: string) => address.startsWith("/installation");
  for (const [account, theirs] of [
    [provider, (address: string) => !isOperators(address)],
    [administrator, isOperators],
  ] as const) {
    const { request } = (await asUser(account)).context();
    const failed: string[] = [];
    for (const address of [...addresses()].filter(theirs)) {
      const answer = await request.get(address, { maxRedirects: 0 });
      const body = await answer.text();
      if (answer.status() >= 500 || body.includes("This page failed")) failed.push(`${answer.status()} ${address}`);
    }
    expect(failed).toEqual([]);
  }
});
