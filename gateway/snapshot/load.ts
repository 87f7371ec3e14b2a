import { setImmediate as nextTurn } from "node:timers/promises";
import { publishedApiIds, readPublishedApisForGateway } from "#lib/api-definition/read-published-apis-for-gateway.ts";
import { readAllApplications, readApplicationsForGateway } from "#lib/application/read-applications-for-gateway.ts";
import { readCredentialsForGateway } from "#lib/credential/read-credentials-for-gateway.ts";
import {
  readPackedCredentials,
  readPackedSecrets,
  readUnpackedCredentialIds,
} from "#lib/credential/read-packed-credentials-for-gateway.ts";
import { pepper } from "#lib/crypto/keys.ts";
import { readTogether, type Tx } from "#lib/db/client.ts";
import { readInBulk } from "#lib/db/read-in-bulk.ts";
import type { FeedChange } from "#lib/gateway-feed/read-changes.ts";
import type { ChangeKind } from "#lib/gateway-feed/record-change.ts";
import { log } from "#lib/log.ts";
import {
  publishedApiIdsOfReleases,
  publishedReleaseIds,
  type ReleaseForGateway,
  readReleasesForGateway,
  releaseIdsOfPublishedApis,
} from "#lib/product/read-releases-for-gateway.ts";
import {
  readAllSubscriptions,
  readMovedSubscriptions,
  readSubscriptionsForGateway,
  type SubscriptionForGateway,
} from "#lib/subscription/read-subscriptions-for-gateway.ts";
import { readSigningKeys } from "#lib/token/read-signing-keys.ts";
import { compileApi } from "./compile-api.ts";
import type { GatewayApi } from "./model.ts";
import type { Snapshot } from "./snapshot.ts";

type ApiRow = Awaited<ReturnType<typeof readPublishedApisForGateway>>[number];

/** Rows that are read and put into the snapshot at a time: calls wait for them, a few milliseconds at most. */
export const SLICE_ROWS = 100;
/** The same of routes, whose rows may have megabytes. */
const SLICE_APIS = 5;

/** Fills an empty snapshot with everything. Calls go on meanwhile, on another one. */
export async function loadAll(snapshot: Snapshot): Promise<void> {
  snapshot.putSigningKeys(await readSigningKeys());
  for (const ids of slices(await publishedReleaseIds(), SLICE_ROWS)) {
    for (const row of await readReleasesForGateway(ids)) snapshot.putRelease(row);
  }
  const apis = await readRoutes(await publishedApiIds());
  for (const api of apis) snapshot.putApi(api);
  await readInBulk(async (reader) => {
    for await (const rows of readAllApplications(reader)) for (const row of rows) snapshot.putApplication(row);
    for await (const rows of readAllSubscriptions(reader)) for (const row of rows) snapshot.putSubscription(row);
  });
  await loadCredentials(snapshot);
}

/** Nearly all are plain and come as bytes; the rest comes as rows. */
async function loadCredentials(snapshot: Snapshot): Promise<void> {
  const { credentials } = snapshot;
  const unpacked = await readInBulk(async (reader) => {
    const { ids, estimate } = await readUnpackedCredentialIds(reader);
    credentials.reserve(estimate);
    for await (const packed of readPackedCredentials(reader)) ids.push(...credentials.addPacked(packed));
    for await (const packed of readPackedSecrets(reader, pepper().id))
      ids.push(...credentials.addPackedSecrets(packed));
    return unique(ids);
  });
  if (unpacked.length === 0) return;
  for await (const rows of readCredentialsForGateway(unpacked)) for (const row of rows) snapshot.putCredential(row);
}

/**
 * Reloads the entities that changes name, and drops what is no longer there. What belongs together, releases with their
 * APIs and the subscriptions that moved with them, is read first and swapped in one go, so that no call sees a new API
 * with its old release. The rest follows in slices, in an order in which nobody is refused who may call before and after.
 * The caller never runs two at once, so an older reading cannot overwrite a newer one.
 */
export async function applyChanges(snapshot: Snapshot, changes: readonly FeedChange[]): Promise<void> {
  const named = (kind: ChangeKind) => [...new Set(changes.filter((c) => c.kind === kind).map((c) => c.entityId))];
  const keys = changes.some(({ kind }) => kind === "signing-key") ? await readSigningKeys() : undefined;
  if (keys) snapshot.putSigningKeys(keys);
  await readTogether(async (tx) => {
    swap(snapshot, await readReleased(snapshot, changes, named("release"), named("published-api"), tx));
    for (const ids of slices(named("application"), SLICE_ROWS)) {
      const rows = await readApplicationsForGateway(ids, tx);
      for (const id of without(ids, rows)) snapshot.dropApplication(id);
      for (const row of rows) snapshot.putApplication(row);
    }
    for (const ids of slices(named("subscription"), SLICE_ROWS)) {
      const rows = await readSubscriptionsForGateway(ids, tx);
      for (const id of without(ids, rows)) snapshot.dropSubscription(id);
      for (const row of rows) snapshot.putSubscription(row);
    }
    for (const ids of slices(named("credential"), SLICE_ROWS)) {
      const gone = new Set(ids);
      for await (const rows of readCredentialsForGateway(ids, tx)) {
        for (const row of rows) {
          gone.delete(row.id);
          snapshot.putCredential(row);
        }
      }
      for (const id of gone) snapshot.dropCredential(id);
    }
  });
}

interface Released {
  releaseIds: readonly string[];
  releases: readonly ReleaseForGateway[];
  apiIds: readonly string[];
  apis: readonly GatewayApi[];
  moved: readonly SubscriptionForGateway[];
  ended: readonly string[];
}

/** A release is more than its row: the APIs it holds and the subscriptions on its plans may have moved with it. */
async function readReleased(
  snapshot: Snapshot,
  changes: readonly FeedChange[],
  changedReleases: readonly string[],
  changedApis: readonly string[],
  tx: Tx,
): Promise<Released> {
  const releaseIds = unique(
    changedReleases,
    changedApis.length > 0 ? await releaseIdsOfPublishedApis(changedApis, tx) : [],
  );
  const before = changedReleases.flatMap((id) => [...(snapshot.releases.get(id)?.publishedApiIds ?? [])]);
  const after = changedReleases.length > 0 ? await publishedApiIdsOfReleases(changedReleases, tx) : [];
  const apiIds = unique(changedApis, before, after);
  const releases: ReleaseForGateway[] = [];
  for (const ids of slices(releaseIds, SLICE_ROWS)) releases.push(...(await readReleasesForGateway(ids, tx)));
  const apis = await readRoutes(apiIds, tx);
  let since: bigint | undefined;
  for (const { kind, xid } of changes) {
    if (kind === "release" && (since === undefined || xid < since)) since = xid;
  }
  const { moved, ended } =
    since === undefined ? { moved: [], ended: [] } : await readMovedSubscriptions(changedReleases, since, tx);
  return { releaseIds, releases, apiIds, apis, moved, ended };
}

function swap(snapshot: Snapshot, { releaseIds, releases, apiIds, apis, moved, ended }: Released): void {
  for (const id of without(releaseIds, releases)) snapshot.dropRelease(id);
  for (const row of releases) snapshot.putRelease(row);
  for (const id of without(apiIds, apis)) snapshot.dropApi(id);
  for (const api of apis) snapshot.putApi(api);
  for (const id of ended) snapshot.dropSubscription(id);
  for (const row of moved) snapshot.putSubscription(row);
}

/** The routes of these published APIs, each made in a turn of its own. */
async function readRoutes(ids: readonly string[], tx?: Tx): Promise<GatewayApi[]> {
  const apis: GatewayApi[] = [];
  for (const some of slices(ids, SLICE_APIS)) {
    for (const row of await readPublishedApisForGateway(some, tx)) {
      const api = toRoute(row);
      if (api) apis.push(api);
      await nextTurn();
    }
  }
  return apis;
}

/** A row that is not understood leaves its route empty (404) and is named in the log; the others serve on. */
function toRoute(row: ApiRow): GatewayApi | undefined {
  try {
    const api = compileApi(row);
    if (!api.backend) log.error({ publishedApi: row.id }, "no backend that can be called, calls answer 502");
    return api;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 500) : "unknown";
    log.error({ publishedApi: row.id, reason }, "published API not understood, skipped");
    return undefined;
  }
}

const unique = (...lists: (readonly string[])[]): string[] => [...new Set(lists.flat())];

function without(ids: readonly string[], rows: readonly { id: string }[]): string[] {
  const there = new Set(rows.map((row) => row.id));
  return ids.filter((id) => !there.has(id));
}

function* slices(ids: readonly string[], size: number): Generator<string[]> {
  for (let from = 0; from < ids.length; from += size) yield ids.slice(from, from + size);
}
