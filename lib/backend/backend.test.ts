import { describe, expect, it } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { freezeRevision, prepareRevision } from "#lib/api-definition/freeze-revision.ts";
import { readApiDefinition } from "#lib/api-definition/read-api-definition.ts";
import { unseal } from "#lib/crypto/seal.ts";
import { db, transaction } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { member, provider } from "#lib/test-kit/people.ts";
import { readBackends } from "./read-backends.ts";
import { setBackend } from "./set-backend.ts";

ownDatabase();

const PASSWORD = "correct horse battery staple";

async function weather() {
  const people = await provider();
  const input = {
    organization: people.slug,
    title: "Weather",
    basePath: "/weather",
    backendUrl: "http://127.0.0.1:4010",
  };
  const { id: apiId } = await createApiDefinition(people.owner, input);
  const [sandbox] = await readBackends(people.owner, apiId);
  return { ...people, apiId, catalogId: sandbox?.catalogId ?? "" };
}

const basic = (url = "http://127.0.0.1:4010") => ({ url, authKind: "basic" as const, username: "portico" });

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (e) => e,
  );
  return { code: error?.code, detail: error?.detail, field: error?.fields[0]?.field };
}

async function storedPassword(apiDefinitionId: string, catalogId: string): Promise<string | null> {
  const row = await db().backend.findUniqueOrThrow({
    where: { apiDefinitionId_catalogId: { apiDefinitionId, catalogId } },
  });
  return row.sealedPassword && row.sealKeyId ? unseal({ box: row.sealedPassword, keyId: row.sealKeyId }, row.id) : null;
}

describe("the functional ID of a backend", () => {
  it("S14: its password is sealed for its row and is in no answer", async () => {
    const { owner, apiId, catalogId, organizationId } = await weather();
    await setBackend(owner, { apiId, catalogId, ...basic(), password: PASSWORD });
    expect(await storedPassword(apiId, catalogId)).toBe(PASSWORD);
    const backends = await readBackends(owner, apiId);
    expect(backends[0]).toMatchObject({ authKind: "basic", username: "portico", hasPassword: true });
    expect(backends[1]).toMatchObject({ authKind: "none", username: "", hasPassword: false });
    const events = await db().auditEvent.findMany({ where: { organizationId } });
    expect(JSON.stringify([backends, await readApiDefinition(owner, apiId), events])).not.toContain(PASSWORD);
    const row = await db().backend.findFirstOrThrow({ where: { apiDefinitionId: apiId, catalogId } });
    expect(Buffer.from(row.sealedPassword ?? []).includes(PASSWORD)).toBe(false);
  });

  it("keeps the stored password when the field is left empty, and drops it with the authentication", async () => {
    const { owner, apiId, catalogId } = await weather();
    await setBackend(owner, { apiId, catalogId, ...basic(), password: PASSWORD });
    await setBackend(owner, { apiId, catalogId, ...basic("http://127.0.0.1:4010/v2"), username: "other" });
    expect(await storedPassword(apiId, catalogId)).toBe(PASSWORD);
    await setBackend(owner, { apiId, catalogId, url: "http://127.0.0.1:4010" });
    expect(await storedPassword(apiId, catalogId)).toBeNull();
    expect(await failure(setBackend(owner, { apiId, catalogId, ...basic() }))).toMatchObject({ field: "password" });
  });

  it("sends a kept password to no other host", async () => {
    const { owner, apiId, catalogId } = await weather();
    await setBackend(owner, { apiId, catalogId, ...basic(), password: PASSWORD });
    expect(await failure(setBackend(owner, { apiId, catalogId, ...basic("http://127.0.0.1:4011") }))).toMatchObject({
      field: "password",
    });
  });

  it("needs a user name", async () => {
    const { owner, apiId, catalogId } = await weather();
    const input = { apiId, catalogId, ...basic(), username: "", password: PASSWORD };
    expect(await failure(setBackend(owner, input))).toMatchObject({ field: "username" });
  });
});

describe("setting a backend", () => {
  it("T10: refuses an address in a forbidden network", async () => {
    const { owner, apiId, catalogId } = await weather();
    expect(await failure(setBackend(owner, { apiId, catalogId, url: "http://10.0.0.1" }))).toMatchObject({
      field: "url",
    });
  });

  it("tells the gateways exactly when the API is live in that catalog", async () => {
    const { owner, apiId, catalogId } = await weather();
    expect(await setBackend(owner, { apiId, catalogId, ...basic(), password: PASSWORD })).toEqual({ xid: null });
    const publishedId = await publish(owner, apiId, catalogId);
    const { xid } = await setBackend(owner, { apiId, catalogId, url: "http://127.0.0.1:4012" });
    expect(await db().gatewayChange.findMany({ where: { entityId: publishedId } })).toMatchObject([
      { xid, kind: "published-api" },
    ]);
  });

  it("T29: a foreign API or catalog is as absent as a random one, and a viewer may not", async () => {
    const mine = await weather();
    const other = await weather();
    const url = "http://127.0.0.1:4010";
    const nothing = await failure(setBackend(mine.owner, { apiId: newId(), catalogId: newId(), url }));
    expect(nothing.code).toBe("NOT_FOUND");
    for (const [apiId, catalogId] of [
      [other.apiId, other.catalogId],
      [other.apiId, mine.catalogId],
      [mine.apiId, other.catalogId],
    ] as const) {
      expect(await failure(setBackend(mine.owner, { apiId, catalogId, url }))).toEqual(nothing);
    }
    const viewer = await member(mine.organizationId, "viewer");
    const { apiId, catalogId } = mine;
    expect(await failure(setBackend(viewer, { apiId, catalogId, url }))).toMatchObject({ code: "FORBIDDEN" });
  });
});

/** A route as publishing makes it. */
async function publish(owner: UserActor, apiDefinitionId: string, catalogId: string): Promise<string> {
  const { source, api } = await readApiDefinition(owner, apiDefinitionId);
  const analysis = await prepareRevision(source);
  const id = newId();
  await transaction(async (tx) => {
    const revisionId = await freezeRevision(tx, apiDefinitionId, source, analysis);
    const { basePath } = analysis;
    await tx.publishedApi.create({
      data: { id, apiDefinitionId, catalogId, spaceId: api.spaceId, revisionId, basePath, slug: "weather-1.0.0" },
    });
  });
  return id;
}
