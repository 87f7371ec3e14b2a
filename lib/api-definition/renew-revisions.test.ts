import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { ADVISORY_LOCKS } from "#lib/db/advisory-locks.ts";
import { db } from "#lib/db/client.ts";
import { closeFeed } from "#lib/gateway-feed/feed-connection.ts";
import { acknowledgeChanges, type GatewayNode } from "#lib/gateway-feed/gateway-node.ts";
import { newId } from "#lib/ids.ts";
import { listReleases } from "#lib/product/list-releases.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { provider } from "#lib/test-kit/people.ts";
import { COMPILER_VERSION } from "./compiler.ts";
import { createApiDefinition } from "./create-api-definition.ts";
import { hashOf } from "./freeze-revision.ts";
import { readApiDefinition } from "./read-api-definition.ts";
import { renewRevisions } from "./renew-revisions.ts";
import { saveApiDefinition } from "./save-api-definition.ts";

ownDatabase();
afterAll(closeFeed);

let owner: UserActor;
let organization: string;
let sandboxId: string;
let made = 0;

beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  let organizationId: string;
  ({ owner, slug: organization, organizationId } = await provider("Acme"));
  const { id } = await db().catalog.findFirstOrThrow({ where: { organizationId, slug: "sandbox" } });
  sandboxId = id;
});
beforeEach(async () => {
  await renewRevisions();
  await db().gatewayNode.deleteMany();
});

/** An API that is published in the sandbox. */
async function published() {
  made += 1;
  const base = { organization, title: `Api ${made}`, basePath: `/api-${made}`, backendUrl: "http://127.0.0.1:4010" };
  const { id } = await createApiDefinition(owner, base);
  await publishApi(owner, { apiId: id, catalogId: sandboxId });
  const route = await db().publishedApi.findFirstOrThrow({ where: { apiDefinitionId: id } });
  return { apiId: id, routeId: route.id, revisionId: route.revisionId };
}

const read = (id: string) =>
  db().apiRevision.findUniqueOrThrow({ where: { id }, include: { operations: { orderBy: { position: "asc" } } } });
const withoutIds = ({ operations, ...rest }: Awaited<ReturnType<typeof read>>) => ({
  ...rest,
  operations: operations.map(({ id: _, ...operation }) => operation),
});

/** Leaves of a revision what an older compiler with a fault could have made of it. */
async function makeOld(id: string): Promise<void> {
  const old = {
    format: 1,
    basePath: "/old",
    enforced: true,
    schemes: {},
    forwardsAuthorization: false,
    operations: [],
  };
  await db().apiRevision.update({
    where: { id },
    data: { compiled: old, compilerVersion: 1, form: 1, description: "old" },
  });
  await db().operation.updateMany({ where: { revisionId: id }, data: { slice: {}, summary: "old" } });
}

const changesOf = (routeId: string) => db().gatewayChange.count({ where: { entityId: routeId } });

const gateway = (version?: string): GatewayNode => ({ id: newId(), address: `host ${version}`, version });

/** It has seen everything, so that nobody waits for it. */
const beat = (node: GatewayNode) => acknowledgeChanges(node, 2n ** 60n);
const endOf = ({ id }: GatewayNode) => db().gatewayNode.delete({ where: { id } });
const formOf = async (id: string) => {
  const { form, compiled } = await read(id);
  expect(compiled).toMatchObject({ format: form });
  return form;
};

/** A text that no compiler takes, in the place of what was published. */
async function breakSource(revisionId: string): Promise<void> {
  const { source } = await read(revisionId);
  const broken = `${source}"never ended: [\n`;
  await db().apiRevision.update({ where: { id: revisionId }, data: { source: broken, hash: hashOf(broken) } });
}

describe("what is already published heals", () => {
  test("a published revision of an older compiler is compiled anew, operations too, and announced like a publish", async () => {
    const { revisionId, routeId } = await published();
    const right = withoutIds(await read(revisionId));
    await makeOld(revisionId);
    const before = await changesOf(routeId);
    expect(await renewRevisions()).toEqual({ renewed: 1, refused: 0, left: [] });
    expect(withoutIds(await read(revisionId))).toEqual(right);
    expect(await changesOf(routeId)).toBe(before + 1);
    expect(await renewRevisions()).toEqual({ renewed: 0, refused: 0, left: [] });
    expect(await changesOf(routeId)).toBe(before + 1);
  });

  test("what is live keeps its addresses, whatever a newer compiler makes of the text", async () => {
    const { revisionId, routeId } = await published();
    await makeOld(revisionId);
    await db().apiRevision.update({ where: { id: revisionId }, data: { basePath: "/as-it-was", version: "v1" } });
    await db().publishedApi.update({ where: { id: routeId }, data: { basePath: "/as-it-was" } });
    await renewRevisions();
    expect(await read(revisionId)).toMatchObject({
      ...{ basePath: "/as-it-was", version: "v1", compiled: { basePath: "/as-it-was" } },
    });
  });

  test("the same text published again is compiled anew where an older compiler made its revision", async () => {
    const { apiId, revisionId } = await published();
    const right = withoutIds(await read(revisionId));
    await makeOld(revisionId);
    await publishApi(owner, { apiId, catalogId: sandboxId });
    expect(withoutIds(await read(revisionId))).toEqual(right);
    expect(await db().apiRevision.count({ where: { apiDefinitionId: apiId } })).toBe(1);
  });

  test("a revision that nobody serves is left alone until it is published again", async () => {
    const { revisionId, routeId } = await published();
    await makeOld(revisionId);
    await db().publishedApi.delete({ where: { id: routeId } });
    expect(await renewRevisions()).toMatchObject({ renewed: 0 });
    expect(await read(revisionId)).toMatchObject({ compilerVersion: 1 });
  });

  test("one that no longer compiles serves its old form on, and its owner reads why and what to do", async () => {
    const { apiId, revisionId, routeId } = await published();
    await makeOld(revisionId);
    await breakSource(revisionId);
    const before = [await read(revisionId), await changesOf(routeId)] as const;
    expect(await renewRevisions()).toEqual({ renewed: 0, refused: 1, left: [] });
    const after = await read(revisionId);
    expect([after.compiled, after.operations, after.compilerVersion]).toEqual([
      ...[before[0].compiled, before[0].operations, 1],
    ]);
    expect(await changesOf(routeId)).toBe(before[1]);
    // Not again and again: this compiler has said what it has to say.
    expect(await renewRevisions()).toEqual({ renewed: 0, refused: 0, left: [] });

    const { publication, api, source } = await readApiDefinition(owner, apiId);
    const problem = publication[0]?.published?.problem;
    expect(problem).toMatch(/^Line \d+, column \d+: /);
    const releases = await listReleases(owner, { organization, catalog: "sandbox" });
    expect(releases.rows.flatMap((row) => row.apis).find(({ id }) => id === apiId)?.problem).toBe(problem);

    await saveApiDefinition(owner, { id: apiId, source: `${source}# mended\n`, sourceVersion: api.sourceVersion });
    await publishApi(owner, { apiId, catalogId: sandboxId });
    const mended = await readApiDefinition(owner, apiId);
    expect(mended.publication[0]?.published?.problem).toBeNull();
  });

  test("many are done in slices, and one that cannot be tried now holds up none behind it", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.push((await published()).revisionId);
    for (const id of ids) await makeOld(id);
    expect(await renewRevisions(new Set(), 2)).toMatchObject({ renewed: 2 });
    expect(await renewRevisions(new Set(ids.slice(2)), 2)).toMatchObject({ renewed: 0 });
    expect(await renewRevisions(new Set(), 2)).toMatchObject({ renewed: 1 });
  });

  test("of several portals one works, and the next goes on when it is killed", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 6; i += 1) ids.push((await published()).revisionId);
    const right = await Promise.all(ids.map(async (id) => withoutIds(await read(id))));
    for (const id of ids) await makeOld(id);
    // Another portal, which has done a slice, holds the lock and dies with work before it.
    const program = `
      import { renewRevisions } from "#lib/api-definition/renew-revisions.ts";
      await renewRevisions(new Set(), 3);
      const pg = (await import("pg")).default;
      const guard = new pg.Client({ connectionString: process.env.DATABASE_URL });
      await guard.connect();
      await guard.query("select pg_advisory_lock(${ADVISORY_LOCKS.renewal})");
      process.stdout.write("held");
      setInterval(() => undefined, 1_000);`;
    const portal = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd: join(import.meta.dirname, "../.."),
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const text of portal.stdout) if (String(text).includes("held")) break;
    expect(await renewRevisions()).toBeNull();
    portal.kill("SIGKILL");
    await once(portal, "exit");
    await expect.poll(() => renewRevisions(), { timeout: 20_000 }).toEqual({ renewed: 3, refused: 0, left: [] });
    expect(await Promise.all(ids.map(async (id) => withoutIds(await read(id))))).toEqual(right);
  });

  /** What the portal waits for at the moment of its death, of three revisions in line; how many it had done. */
  test.each([
    ["before it writes the second", `select from "ApiRevision" where id = $1 for update`, 1],
    ["between a revision and its operations", `lock table "Operation" in share mode`, 0],
    ["between operations and telling the gateways", `lock table "GatewayChange" in share mode`, 0],
  ])("a portal that is killed %s leaves nothing half, and all is renewed and told once", async (_when, hold, done) => {
    const made3: Awaited<ReturnType<typeof published>>[] = [];
    for (let i = 0; i < 3; i += 1) made3.push(await published());
    made3.sort((one, other) => (one.revisionId < other.revisionId ? -1 : 1));
    const all = () => Promise.all(made3.map(async ({ revisionId }) => withoutIds(await read(revisionId))));
    const told = () => Promise.all(made3.map(({ routeId }) => changesOf(routeId)));
    const right = await all();
    for (const { revisionId } of made3) await makeOld(revisionId);
    const [old, before] = [await all(), await told()];

    const holder = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await holder.connect();
    await holder.query("begin");
    await holder.query(hold, hold.includes("$1") ? [made3[1]?.revisionId] : []);
    const program = `
      import { renewRevisions } from "#lib/api-definition/renew-revisions.ts";
      await renewRevisions();`;
    const portal = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd: join(import.meta.dirname, "../.."),
      stdio: ["ignore", "ignore", "inherit"],
    });
    const gone = once(portal, "exit");
    // Not by the holder: a transaction sees the sessions as they were when it first looked.
    const waiting = async () =>
      (
        await db().$queryRaw<unknown[]>`
            select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      ).length;
    await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
    portal.kill("SIGKILL");
    expect((await gone)[1]).toBe("SIGKILL");
    expect(await all()).toEqual([...right.slice(0, done), ...old.slice(done)]);
    await holder.query("rollback");
    await holder.end();

    await expect.poll(() => renewRevisions(), { timeout: 20_000 }).toEqual({ renewed: 3 - done, refused: 0, left: [] });
    expect(await all()).toEqual(right);
    expect(await told()).toEqual(before.map((count) => count + 1));
    expect(await renewRevisions()).toEqual({ renewed: 0, refused: 0, left: [] });
  });

  test("a portal that is killed while it waits for gateways has renewed and told that one, which is not told again", async () => {
    const [first, second] = [await published(), await published()];
    const right = [withoutIds(await read(first.revisionId)), withoutIds(await read(second.revisionId))];
    for (const { revisionId } of [first, second]) await makeOld(revisionId);
    const before = (await changesOf(first.routeId)) + (await changesOf(second.routeId));
    // A gateway that lives and has seen nothing yet.
    const slow = gateway("0.2.0");
    await acknowledgeChanges(slow, 0n);
    const program = `
      import { renewRevisions } from "#lib/api-definition/renew-revisions.ts";
      await renewRevisions();`;
    const portal = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd: join(import.meta.dirname, "../.."),
      stdio: ["ignore", "ignore", "inherit"],
    });
    const gone = once(portal, "exit");
    const told = async () => (await changesOf(first.routeId)) + (await changesOf(second.routeId)) - before;
    await expect.poll(told, { timeout: 20_000, interval: 20 }).toBeGreaterThan(0);
    portal.kill("SIGKILL");
    await gone;
    await endOf(slow);
    for (let next = await renewRevisions(); next === null || next.renewed > 0; next = await renewRevisions());
    expect([withoutIds(await read(first.revisionId)), withoutIds(await read(second.revisionId))]).toEqual(right);
    expect(await told()).toBe(2);
  });

  test("a publish and a renewal of one revision at the same time leave it whole, and once", async () => {
    const { apiId, revisionId } = await published();
    const right = withoutIds(await read(revisionId));
    for (let i = 0; i < 3; i += 1) {
      await makeOld(revisionId);
      await Promise.all([renewRevisions(), publishApi(owner, { apiId, catalogId: sandboxId })]);
      expect(withoutIds(await read(revisionId))).toEqual(right);
    }
  });
});

describe("the new form is written only when no live gateway is older", () => {
  const NEW = 2;

  /** Slice by slice: what the other tests have published is due as well when a gateway comes or goes. */
  const renewAll = async () => {
    for (let done = await renewRevisions(); done?.renewed; done = await renewRevisions()) {
      expect(done).toMatchObject({ refused: 0, left: [] });
    }
  };

  test.each([
    ["that does not say its version", undefined],
    ["of 0.1.0", "0.1.0"],
  ])(
    "while a gateway %s runs, publishing writes the old form; when it is gone, the new one follows",
    async (_name, version) => {
      const [older, newer] = [gateway(version), gateway("0.2.0")];
      await beat(older);
      await beat(newer);
      const { revisionId } = await published();
      expect(await formOf(revisionId)).toBe(1);
      expect(await read(revisionId)).toMatchObject({ compilerVersion: COMPILER_VERSION });
      await makeOld(revisionId);
      await renewAll();
      expect([await formOf(revisionId), (await read(revisionId)).compilerVersion]).toEqual([1, COMPILER_VERSION]);
      await endOf(older);
      await renewAll();
      expect(await formOf(revisionId)).toBe(NEW);
    },
  );

  test("an older gateway that comes back is given the form that it reads, also of what no longer compiles", async () => {
    const first = await published();
    const second = await published();
    expect([await formOf(first.revisionId), await formOf(second.revisionId)]).toEqual([NEW, NEW]);
    await db().apiRevision.update({ where: { id: second.revisionId }, data: { compilerVersion: 1 } });
    await breakSource(second.revisionId);
    await renewRevisions();
    const older = gateway("0.1.0");
    await beat(older);
    const before = await changesOf(first.routeId);
    for (let done = await renewRevisions(); done?.renewed; done = await renewRevisions());
    expect([await formOf(first.revisionId), await formOf(second.revisionId)]).toEqual([1, 1]);
    expect(await changesOf(first.routeId)).toBe(before + 1);
  });

  test.each(["0.2.0", "0.10.0", "1.0.0", "0.3.0-rc.1"])("a gateway of %s reads the new form", async (version) => {
    await beat(gateway(version));
    expect(await formOf((await published()).revisionId)).toBe(NEW);
  });

  test("one that has been silent for a while may come back with what it knows; one long gone holds nobody up", async () => {
    const older = gateway("0.1.9");
    await beat(older);
    const silent = (minutes: number) =>
      db().$executeRaw`update "GatewayNode" set "heartbeatAt" = now() - ${minutes} * interval '1 minute'`;
    await silent(2);
    expect(await formOf((await published()).revisionId)).toBe(1);
    await silent(30);
    expect(await formOf((await published()).revisionId)).toBe(NEW);
  });
});

test("the guard of the renewal is a lock that goes with its process", async () => {
  const other = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await other.connect();
  await other.query("select pg_advisory_lock($1)", [ADVISORY_LOCKS.renewal]);
  expect(await renewRevisions()).toBeNull();
  await other.end();
  await expect.poll(() => renewRevisions(), { timeout: 20_000 }).not.toBeNull();
});
