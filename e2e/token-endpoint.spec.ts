import { randomInt } from "node:crypto";
import { TOKEN_PATH } from "#lib/token/token.rules.ts";
import { expect, test } from "./fixtures.ts";

/** As a proxy in front of the portal names a client. */
const clientAt = () => `203.0.113.${randomInt(1, 255)}`;

test("the portal's token endpoint refuses an address that fails too often, and never what is right (T31, T38)", async ({
  installation,
}) => {
  const { portalUrl, firstRun } = installation;
  const { clientId = "", clientSecret = "" } = firstRun.call ?? {};
  const address = clientAt();
  const ask = (secret: string, from = address) =>
    fetch(portalUrl + TOKEN_PATH, {
      method: "POST",
      headers: { "X-Forwarded-For": from },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: secret,
      }),
    });
  const wrong = `${clientSecret.slice(0, -1)}${clientSecret.endsWith("A") ? "B" : "A"}`;
  let answer = await ask(wrong);
  let failures = 0;
  while (answer.status === 401 && failures < 1_000) {
    failures += 1;
    answer = await ask(wrong);
  }
  expect([answer.status, answer.headers.get("cache-control"), answer.headers.get("content-type")]).toEqual([
    ...[429, "no-store", "application/json"],
  ]);
  expect(failures).toBeGreaterThanOrEqual(100);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await answer.json()).toEqual({
    error: "invalid_client",
    error_description: "Too many failed authentications from this address",
  });
  expect((await ask(clientSecret)).status).toBe(200);
  expect((await ask(wrong, "198.51.100.77")).status).toBe(401);
});
