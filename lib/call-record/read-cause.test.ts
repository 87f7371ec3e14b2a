import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/access/actor.ts";
import { anonymous } from "#lib/access/actor.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, provider } from "#lib/test-kit/people.ts";
import { ensureCallRecordPartitions } from "./call-record-partitions.ts";
import { readCause } from "./read-cause.ts";
import { newRequestId } from "./request-id.ts";

ownDatabase();
beforeAll(() => ensureCallRecordPartitions());

async function scene() {
  const [acme, northwind] = [await provider("Acme"), await consumer("Northwind")];
  const { applicationId } = await registerApplication(northwind.owner, {
    organizationId: northwind.organizationId,
    name: "Storefront",
    environment: "sandbox",
  });
  const record = async (
    cause: string | null,
    application: string | null = applicationId,
    requestId: string = newId(),
  ) => {
    await db().$executeRaw`
      insert into "CallRecord" ("time", "requestId", "organizationId", "applicationId", "method", "status", "cause",
        "totalMs", "requestBytes", "responseBytes")
      values (now(), ${requestId}::uuid, ${acme.organizationId}::uuid, ${application}::uuid, 'GET', 401, ${cause}, 1, 0, 0)`;
    return requestId;
  };
  return { acme, northwind, record };
}
const read = (actor: Actor, requestId: string, as: "caller" | "provider") =>
  readCause(actor, { requestId, as }).catch((error) => error.code);

test("the owner of the application and the provider of the API read the exact cause, and nobody else", async () => {
  const { acme, northwind, record } = await scene();
  const requestId = await record("secret-ended");
  expect(await read(northwind.owner, requestId, "caller")).toEqual({ cause: "secret-ended" });
  expect(await read(acme.owner, requestId, "provider")).toEqual({ cause: "secret-ended" });
  // Who provides the API does not own the application, and the other way round.
  expect(await read(acme.owner, requestId, "caller")).toBe("NOT_FOUND");
  expect(await read(northwind.owner, requestId, "provider")).toBe("FORBIDDEN");
  const [rival, stranger] = [await provider("Rival"), await consumer("Stranger")];
  expect(await read(rival.owner, requestId, "provider")).toBe("NOT_FOUND");
  expect(await read(stranger.owner, requestId, "caller")).toBe("NOT_FOUND");
  expect(await read(anonymous, requestId, "caller")).toBe("SIGN_IN_REQUIRED");
});

test("a call of an unknown client ID is nobody's application, and its API's provider's to read", async () => {
  const { acme, northwind, record } = await scene();
  const requestId = await record("unknown-id", null);
  expect(await read(northwind.owner, requestId, "caller")).toBe("NOT_FOUND");
  expect(await read(acme.owner, requestId, "provider")).toEqual({ cause: "unknown-id" });
});

test("a call without a cause has none, nor has one of a later version's", async () => {
  const { northwind, record } = await scene();
  expect(await read(northwind.owner, await record(null), "caller")).toEqual({ cause: null });
  expect(await read(northwind.owner, await record("not-known-yet"), "caller")).toEqual({ cause: null });
  expect(await read(northwind.owner, newId(), "caller")).toBe("NOT_FOUND");
});

test("a call is found by an ID that says when it began, and by one of the version before, which was random", async () => {
  const { northwind, record } = await scene();
  for (const requestId of [newRequestId(Date.now()), randomUUID()]) {
    await record("secret-ended", undefined, requestId);
    expect(await read(northwind.owner, requestId, "caller")).toEqual({ cause: "secret-ended" });
  }
});
