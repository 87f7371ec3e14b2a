import { readPublishedApisForGateway } from "#lib/api-definition/read-published-apis-for-gateway.ts";
import { readAllApplications, readApplicationsForGateway } from "#lib/application/read-applications-for-gateway.ts";
import { type CredentialForGateway, readCredentialsForGateway } from "#lib/credential/read-credentials-for-gateway.ts";
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
  readReleasesForGateway,
  releaseIdsOfPublishedApis,
} from "#lib/product/read-releases-for-gateway.ts";
import {
  readAllSubscriptions,
  readSubscriptionsForGateway,
  subscriptionIdsOfReleases,
} from "#lib/subscription/read-subscriptions-for-gateway.ts";
import { readSigningKeys } from "#lib/token/read-signing-keys.ts";
import { compileApi } from "./compile-api.ts";
import type { Snapshot } from "./snapshot.ts";

type ApiRow = Awaited<ReturnType<typeof readPublishedApisForGateway>>[number];

/** Fills an empty snapshot with everything. */
export async function loadAll(snapshot: Snapshot): Promise<void> {
  snapshot.putSigningKeys(await readSigningKeys());
  for (const row of await readReleasesForGateway()) snapshot.putRelease(row);
  for (const row of await readPublishedApisForGateway()) putApi(snapshot, row);
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
 * Reloads the entities that changes name: first reads them all, then swaps them in one go, so that no call sees a new
 * API with its old release. What is no longer there is dropped. The caller never runs two at once, so an older
 * reading cannot overwrite a newer one.
 */
export async function applyChanges(snapshot: Snapshot, changes: readonly FeedChange[]): Promise<void> {
  const keys = changes.some(({ kind }) => kind === "signing-key") ? await readSigningKeys() : undefined;
  const rows = await readTogether((tx) => readChanged(snapshot, changes, tx));
  if (keys) snapshot.putSigningKeys(keys);
  for (const id of without(rows.releaseIds, rows.releases)) snapshot.dropRelease(id);
  for (const row of rows.releases) snapshot.putRelease(row);
  for (const id of without(rows.apiIds, rows.apis)) snapshot.dropApi(id);
  for (const row of rows.apis) putApi(snapshot, row);
  for (const id of without(rows.applicationIds, rows.applications)) snapshot.dropApplication(id);
  for (const row of rows.applications) snapshot.putApplication(row);
  for (const id of without(rows.subscriptionIds, rows.subscriptions)) snapshot.dropSubscription(id);
  for (const row of rows.subscriptions) snapshot.putSubscription(row);
  for (const id of without(rows.credentialIds, rows.credentials)) snapshot.dropCredential(id);
  for (const row of rows.credentials) snapshot.putCredential(row);
}

async function readChanged(snapshot: Snapshot, changes: readonly FeedChange[], tx: Tx) {
  const named = (kind: ChangeKind) => [...new Set(changes.filter((c) => c.kind === kind).map((c) => c.entityId))];
  const changedReleases = named("release");
  const changedApis = named("published-api");
  const credentialIds = named("credential");
  const applicationIds = named("application");

  // A release is more than its row: the APIs it holds and the subscriptions on its plans may have moved with it.
  const releaseIds = unique(
    changedReleases,
    changedApis.length > 0 ? await releaseIdsOfPublishedApis(changedApis, tx) : [],
  );
  const before = changedReleases.flatMap((id) => [...(snapshot.releases.get(id)?.publishedApiIds ?? [])]);
  const after = changedReleases.length > 0 ? await publishedApiIdsOfReleases(changedReleases, tx) : [];
  const apiIds = unique(changedApis, before, after);
  const moved = changedReleases.length > 0 ? await subscriptionIdsOfReleases(changedReleases, tx) : [];
  const subscriptionIds = unique(named("subscription"), moved);

  const releases = releaseIds.length > 0 ? await readReleasesForGateway(releaseIds, tx) : [];
  const apis = apiIds.length > 0 ? await readPublishedApisForGateway(apiIds, tx) : [];
  const applications = applicationIds.length > 0 ? await readApplicationsForGateway(applicationIds, tx) : [];
  const subscriptions = subscriptionIds.length > 0 ? await readSubscriptionsForGateway(subscriptionIds, tx) : [];
  const credentials: CredentialForGateway[] = [];
  if (credentialIds.length > 0) {
    for await (const rows of readCredentialsForGateway(credentialIds, tx)) credentials.push(...rows);
  }
  return {
    ...{ releaseIds, apiIds, applicationIds, subscriptionIds, credentialIds },
    ...{ releases, apis, applications, subscriptions, credentials },
  };
}

/** A row that is not understood leaves its route empty (404) and is named in the log; the others serve on. */
function putApi(snapshot: Snapshot, row: ApiRow): void {
  try {
    const api = compileApi(row);
    if (!api.backend) log.error({ publishedApi: row.id }, "no backend that can be called, calls answer 502");
    snapshot.putApi(api);
  } catch (error) {
    snapshot.dropApi(row.id);
    const reason = error instanceof Error ? error.message.slice(0, 500) : "unknown";
    log.error({ publishedApi: row.id, reason }, "published API not understood, skipped");
  }
}

const unique = (...lists: string[][]): string[] => [...new Set(lists.flat())];

function without(ids: readonly string[], rows: readonly { id: string }[]): string[] {
  const there = new Set(rows.map((row) => row.id));
  return ids.filter((id) => !there.has(id));
}
