import { afterAll, beforeEach, expect, test } from "vitest";
import { keyIdOf } from "#lib/crypto/keys.ts";
import { KEYS_OF_ROWS, keyFaults } from "#lib/crypto/keys-of-rows.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { readKeysOfRows } from "#lib/db/read-keys-of-rows.ts";
import { installationSecrets } from "#lib/env.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { makeApplication, makeCredential, makePlace, publish } from "#lib/test-kit/gateway-fixture.ts";

ownDatabase();
afterAll(closeDb);

const another = { PEPPER: "another-pepper-of-thirty-two-characters", SEAL_KEY: "another-seal-key-of-thirty-two-chars" };

beforeEach(async () => {
  await db().credential.deleteMany();
  await db().backend.deleteMany();
});

async function fill(): Promise<void> {
  const place = await makePlace();
  const applicationId = await makeApplication(place);
  for (let i = 0; i < 3; i += 1) await makeCredential(applicationId);
  const backend = { authKind: "basic" as const, username: "u", password: "p" };
  await publish({ place, backendUrl: "http://127.0.0.1:1", basePath: "/w", operations: [], backend });
}

test("an empty database fits any key, and rows fit the keys that made them (F20)", async () => {
  expect(keyFaults(await readKeysOfRows(), another)).toEqual([]);
  await fill();
  expect(KEYS_OF_ROWS).not.toContain("SigningKey");
  expect(keyFaults(await readKeysOfRows())).toEqual([]);
});

test.each(["PEPPER", "SEAL_KEY"] as const)(
  "a wrong %s is told from the rows, with the IDs of both keys (F20)",
  async (setting) => {
    await fill();
    const right = installationSecrets();
    const [fault, ...others] = keyFaults(await readKeysOfRows(), { ...right, [setting]: another[setting] });
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ setting, isWrong: true });
    expect(fault?.text).toContain(`${setting} is the key ${keyIdOf(setting, another[setting])}`);
    expect(fault?.text).toContain(keyIdOf(setting, right[setting]));
    expect(fault?.text).not.toContain(right[setting]);
    expect(fault?.text).not.toContain(another[setting]);
  },
);

test("a few rows that another key made are a warning, and no reason to stand still (F20)", async () => {
  await fill();
  const row = await db().credentialSecret.findFirstOrThrow();
  await db().credentialSecret.update({ where: { id: row.id }, data: { verifierKeyId: "01234567" } });
  expect(keyFaults(await readKeysOfRows())).toMatchObject([
    {
      setting: "PEPPER",
      isWrong: false,
      text: expect.stringContaining("1 of 3 client secrets name another (01234567)"),
    },
  ]);
});
