import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { freezeRevision, prepareRevision } from "#lib/api-definition/freeze-revision.ts";
import { readApiDefinition } from "#lib/api-definition/read-api-definition.ts";
import { seal, unseal } from "#lib/crypto/seal.ts";
import { db, transaction } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { issue } from "#lib/test-kit/certificates.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { member, provider } from "#lib/test-kit/people.ts";
import { setBackendInput } from "./backend.schema.ts";
import { readBackends } from "./read-backends.ts";
import { readBackendsForGateway } from "./read-backends-for-gateway.ts";
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

describe("a key in a header and an access token", () => {
  const header = { url: "http://127.0.0.1:4010", authKind: "header" as const, headerName: "X-Key" };
  const oauth = {
    url: "http://127.0.0.1:4010",
    authKind: "oauth" as const,
    username: "client",
    tokenUrl: "http://127.0.0.1:4020/token",
  };

  it("S14: their secrets are sealed and in no answer", async () => {
    const { owner, apiId, catalogId } = await weather();
    for (const kind of [header, oauth]) {
      await setBackend(owner, { apiId, catalogId, ...kind, password: PASSWORD });
      expect(await storedPassword(apiId, catalogId)).toBe(PASSWORD);
      const backends = await readBackends(owner, apiId);
      expect(backends[0]).toMatchObject({ authKind: kind.authKind, hasPassword: true });
      expect(JSON.stringify(backends)).not.toContain(PASSWORD);
    }
  });

  it("keeps a secret for its kind and its hosts alone", async () => {
    const { owner, apiId, catalogId } = await weather();
    await setBackend(owner, { apiId, catalogId, ...oauth, password: PASSWORD });
    await setBackend(owner, { apiId, catalogId, ...oauth, tokenScope: "read" });
    expect(await storedPassword(apiId, catalogId)).toBe(PASSWORD);
    for (const other of [
      header,
      { ...oauth, tokenUrl: "http://127.0.0.1:4021/token" },
      { ...oauth, url: "http://127.0.0.1:4011" },
    ]) {
      expect(await failure(setBackend(owner, { apiId, catalogId, ...other }))).toMatchObject({ field: "password" });
    }
  });

  it("names the field that is missing or wrong", async () => {
    const { owner, apiId, catalogId } = await weather();
    const wrong: [object, string][] = [
      [{ ...header, headerName: "" }, "headerName"],
      [header, "password"],
      [{ ...oauth, username: "" }, "username"],
      [{ ...oauth, tokenUrl: "" }, "tokenUrl"],
      [{ ...oauth, tokenUrl: "http://10.0.0.1/token" }, "tokenUrl"],
    ];
    for (const [part, field] of wrong) {
      const input = { apiId, catalogId, ...part } as Parameters<typeof setBackend>[1];
      expect(await failure(setBackend(owner, input)), field).toMatchObject({ field });
    }
    for (const headerName of ["Host", "content-length", "X-Forwarded-For", "X-Gateway-Proof", "a b", "a:b"]) {
      const parsed = setBackendInput.safeParse({ apiId, catalogId, ...header, headerName, password: "p" });
      expect(parsed.error?.issues[0]?.path, headerName).toEqual(["headerName"]);
    }
  });
});

describe("the connection to a backend", () => {
  const authority = issue({ authority: true, commonName: "own authority" });
  const own = issue({ issuer: authority, commonName: "gateway" });
  const other = issue({ issuer: authority, commonName: "other" });
  const url = "https://127.0.0.1:4010";
  const pair = { clientCertificate: own.certificate, clientKey: own.key };

  it("T39: the key of a client certificate is sealed for its row, and is in no answer", async () => {
    const { owner, apiId, catalogId } = await weather();
    await setBackend(owner, { apiId, catalogId, url, ...pair, authorities: authority.certificate });
    const row = await db().backend.findFirstOrThrow({ where: { apiDefinitionId: apiId, catalogId } });
    expect(Buffer.from(row.sealedClientKey ?? []).toString("latin1")).not.toContain("PRIVATE");
    const [backend] = await readBackends(owner, apiId);
    expect(backend).toMatchObject({
      clientCertificate: { subject: "gateway", issuer: "own authority" },
      authorities: [{ subject: "own authority" }],
    });
    expect(JSON.stringify(backend)).not.toContain("BEGIN");
    const opened = (await readBackendsForGateway([apiId])).get(`${apiId} ${catalogId}`);
    expect(createPrivateKey(opened?.identity?.key ?? "").equals(createPrivateKey(own.key))).toBe(true);
  });

  it("T39: a box of another row does not open, and the backend is none", async () => {
    const { owner, apiId, catalogId } = await weather();
    await setBackend(owner, { apiId, catalogId, url, ...pair });
    const where = { apiDefinitionId_catalogId: { apiDefinitionId: apiId, catalogId } };
    const sealed = seal(own.key, newId());
    await db().backend.update({ where, data: { sealedClientKey: sealed.box, clientKeySealKeyId: sealed.keyId } });
    expect((await readBackendsForGateway([apiId])).get(`${apiId} ${catalogId}`)).toBeNull();
  });

  it("keeps what is set when fields stay empty, replaces it, and removes it when asked", async () => {
    const { owner, apiId, catalogId } = await weather();
    const shown = async () => {
      const [backend] = await readBackends(owner, apiId);
      return [backend?.clientCertificate?.subject, backend?.authorities.length];
    };
    await setBackend(owner, { apiId, catalogId, url, ...pair, authorities: authority.certificate });
    await setBackend(owner, { apiId, catalogId, url: `${url}/v2` });
    expect(await shown()).toEqual(["gateway", 1]);
    const next = { clientCertificate: other.certificate, clientKey: other.key };
    await setBackend(owner, { apiId, catalogId, url, ...next, removeAuthorities: true });
    expect(await shown()).toEqual(["other", 0]);
    await setBackend(owner, { apiId, catalogId, url, removeClientCertificate: true });
    expect(await shown()).toEqual([undefined, 0]);
  });

  it("names the field that is wrong", async () => {
    const { owner, apiId, catalogId } = await weather();
    const expired = issue({ fromDays: -9, untilDays: -1 });
    const early = issue({ fromDays: 5 });
    const locked = createPrivateKey(own.key).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "p",
    }) as string;
    const wrong: [object, string][] = [
      [{ clientKey: own.key }, "clientCertificate"],
      [{ clientCertificate: own.certificate }, "clientKey"],
      [{ ...pair, clientCertificate: "nonsense" }, "clientCertificate"],
      [{ ...pair, clientCertificate: own.certificate.replace(/MII/, "AAA") }, "clientCertificate"],
      [{ ...pair, clientKey: "nonsense" }, "clientKey"],
      [{ ...pair, clientKey: locked }, "clientKey"],
      [{ ...pair, clientKey: other.key }, "clientKey"],
      [{ clientCertificate: expired.certificate, clientKey: expired.key }, "clientCertificate"],
      [{ clientCertificate: early.certificate, clientKey: early.key }, "clientCertificate"],
      [{ authorities: "nonsense" }, "authorities"],
      [{ authorities: expired.certificate }, "authorities"],
      [{ url: "http://127.0.0.1:4010", ...pair }, "clientCertificate"],
      [{ url: "http://127.0.0.1:4010", authorities: authority.certificate }, "authorities"],
      [{ url: "http://127.0.0.1:4010", serverName: "inner.example" }, "serverName"],
    ];
    for (const [index, [part, field]] of wrong.entries()) {
      expect(await failure(setBackend(owner, { apiId, catalogId, url, ...part })), `${index}`).toMatchObject({ field });
    }
    for (const [name, value] of [
      ["connectTimeoutMs", 99],
      ["responseTimeoutMs", 600_001],
      ["responseTimeoutMs", Number.NaN],
      ["serverName", "a b"],
    ] as const) {
      const parsed = setBackendInput.safeParse({ apiId, catalogId, url, [name]: value });
      expect(parsed.error?.issues[0]?.path, name).toEqual([name]);
    }
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
