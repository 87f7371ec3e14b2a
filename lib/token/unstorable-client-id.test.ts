import { expect, test } from "vitest";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { exchangeInPortal } from "./exchange-in-portal.ts";

ownDatabase();

async function* bytes(text: string) {
  yield Buffer.from(text);
}

test.each([
  ["client ID", "grant_type=client_credentials&client_id=a%00b&client_secret=x", ""],
  ["client secret", "grant_type=client_credentials&client_id=a&client_secret=%00", ""],
  ["pair in Basic", "grant_type=client_credentials", `Basic ${btoa("a\0b:c\0d")}`],
  ["API key", "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=psk_test_%00", ""],
  ["scope", "grant_type=client_credentials&client_id=a&client_secret=b&scope=%00", ""],
])(
  "U+0000 in the %s of a request for a token is a wrong one, not a fault of ours (F61)",
  async (_what, form, authorization) => {
    const { status } = await exchangeInPortal({
      contentType: "application/x-www-form-urlencoded",
      authorization,
      address: "192.0.2.1",
      body: bytes(form),
    });
    expect([400, 401]).toContain(status);
  },
);
