import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { makeVerifier, newClientSecret } from "./client-secret.ts";
import { fastVerifier } from "./fast-verifier.ts";

test("the fast verifier is the verifier, whatever a client sends", () => {
  const ids = ["", "id", randomBytes(16).toString("hex"), "é".repeat(40), "x".repeat(16_000)];
  const secrets = [
    "",
    "\0",
    newClientSecret("sandbox"),
    "ÿ€😀\ud800",
    "s".repeat(137),
    "s".repeat(138),
    "s".repeat(9_000),
  ];
  for (const id of ids) {
    for (const secret of secrets) expect(fastVerifier(id, secret)).toEqual(makeVerifier(id, secret).verifier);
  }
  for (let length = 0; length < 300; length += 1) {
    const text = randomBytes(length).toString("latin1");
    expect(fastVerifier("id", text)).toEqual(makeVerifier("id", text).verifier);
  }
});
