import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { deleteApiDefinition } from "#lib/api-definition/delete-api-definition.ts";
import { listApiDefinitions } from "#lib/api-definition/list-api-definitions.ts";
import { readApiDefinition } from "#lib/api-definition/read-api-definition.ts";
import { readPublishedApi } from "#lib/catalog/read-published-api.ts";
import { searchApis } from "#lib/catalog/search-apis.ts";
import { log } from "#lib/log.ts";
import { deleteProduct } from "#lib/product/delete-product.ts";
import { listReleases } from "#lib/product/list-releases.ts";
import { listProducts, readProduct } from "#lib/product/read-product.ts";
import { retireRelease } from "#lib/product/retire-release.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { brokenClaims, brokenInvariants } from "#lib/test-kit/deeds/claims.ts";
import { deedNames, doDeed } from "#lib/test-kit/deeds/deeds.ts";
import { type Cast, makeCast, setScene } from "#lib/test-kit/deeds/world.ts";
import { person } from "#lib/test-kit/people.ts";

/*
 * Random pairs and triples of deeds at the same time. DEEDS_ROUNDS=2000 DEEDS_SEED=7 npx vitest run lib/db/deeds-at-once
 * looks longer; a failure names its seed and round.
 */
const ROUNDS = Number(process.env.DEEDS_ROUNDS ?? 120);
const SEED = Number(process.env.DEEDS_SEED ?? 2);

ownDatabase();

let cast: Cast;
beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  cast = await makeCast(await person("Guest"));
});

const warned = vi.spyOn(log, "warn");
afterAll(() => warned.mockRestore());

const doing = fc.record({ deed: fc.constantFrom(...deedNames), pick: fc.nat(9), steps: fc.nat(12) });
const round = fc.record({ mood: fc.nat(59), doings: fc.array(doing, { minLength: 2, maxLength: 3 }) });

test("whoever is told ok finds it true, nothing is listed that cannot be opened, none is active on what is retired, and nobody meets a deadlock (F54, F55)", {
  timeout: 60_000 + ROUNDS * 1_000,
}, async () => {
  for (const [at, { mood, doings }] of fc.sample(round, { seed: SEED, numRuns: ROUNDS }).entries()) {
    const scene = await setScene(cast, mood);
    const outcomes = await Promise.all(doings.map((one) => doDeed(cast, scene, one)));
    const done = outcomes.filter((outcome) => outcome !== null);
    const broken = [...(await brokenClaims(cast, scene, done)), ...(await brokenInvariants())];
    const what = doings.map(({ deed, steps }) => `${deed} after ${steps}`).join(", ");
    const told = done.map(({ deed, ok, told }) => `${deed}: ${ok ? "ok" : told}`).join("; ");
    expect(broken, `seed ${SEED}, round ${at}: ${what}. Told: ${told}`).toEqual([]);
  }
  const deadlocks = warned.mock.calls.filter(([, message]) => message?.includes("deadlock"));
  expect(deadlocks).toEqual([]);
  await everythingOpens();
  await everythingCanBeDeleted();
});

/** By the use cases that the pages show. */
async function everythingOpens(): Promise<void> {
  const { owner, slug: organization } = cast.provider;
  for (const { ref } of (await searchApis({})).rows) await readPublishedApi(ref);
  for (const { id } of (await listProducts(owner, { organization })).rows) await readProduct(owner, id);
  for (const { id } of (await listApiDefinitions(owner, { organization })).rows) await readApiDefinition(owner, id);
  for (const { productId } of (await listReleases(owner, { organization, catalog: "sandbox" })).rows) {
    await readProduct(owner, productId);
  }
}

async function everythingCanBeDeleted(): Promise<void> {
  const { owner, slug: organization } = cast.provider;
  for (const { id } of (await listReleases(owner, { organization, catalog: "sandbox" })).rows) {
    await retireRelease(owner, id);
  }
  for (const { id } of (await listProducts(owner, { organization })).rows) await deleteProduct(owner, id);
  for (const { id } of (await listApiDefinitions(owner, { organization })).rows)
    await deleteApiDefinition(owner, { id });
  expect((await searchApis({})).rows).toEqual([]);
}
