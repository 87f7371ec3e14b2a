import { Counters, NO_LIMITS } from "#gateway/limits/counter.ts";
import { type PlanLimit, type PlanLimits, readPlanLimits } from "#gateway/limits/plan-limits.ts";
import { AccessTokens, secretOf } from "#gateway/tokens/access-tokens.ts";
import type { CredentialForGateway } from "#lib/credential/read-credentials-for-gateway.ts";
import { pepper } from "#lib/crypto/keys.ts";
import { log } from "#lib/log.ts";
import { NetworkList } from "#lib/net/network-list.ts";
import type { ReleaseForGateway } from "#lib/product/read-releases-for-gateway.ts";
import type { SubscriptionForGateway } from "#lib/subscription/read-subscriptions-for-gateway.ts";
import type { SigningKeys } from "#lib/token/signing-keys.ts";
import { CredentialTable } from "./credential-table.ts";
import type { GatewayApi, GatewayApplication, GatewayRelease, GatewaySubscription } from "./model.ts";
import { WideMap } from "./wide-map.ts";

/** The APIs of one space and catalog by base path. */
export interface Place {
  byBasePath: Map<string, GatewayApi>;
  /** Most segments of a base path: no longer prefix is tried. */
  depthMax: number;
}

/**
 * All that a call is decided on, in memory. Calls read it without waiting; a change is applied by methods that do not
 * wait either, so no call ever sees half of one.
 */
export class Snapshot {
  readonly places = new Map<string, Place>();
  readonly apis = new Map<string, GatewayApi>();
  readonly credentials = new CredentialTable();
  readonly applications = new WideMap<GatewayApplication>();
  readonly releases = new Map<string, GatewayRelease>();
  /** What signs tokens here, and the tokens that were verified with it. */
  tokens = new AccessTokens();
  readonly #subscriptions = new WideMap<GatewaySubscription>();
  readonly #byApplication = new WideMap<GatewaySubscription[]>();
  readonly #counters: Counters;
  /** Releases that were ever put. */
  #editions = 0;

  /** `predecessor`: the snapshot that this one will take the place of; what its subscriptions used up stays used. */
  constructor(predecessor?: Snapshot) {
    this.#counters = predecessor ? predecessor.#counters : new Counters();
  }

  /** How many there are of each kind, for the metrics. */
  sizes(): Record<string, number> {
    return {
      apis: this.apis.size,
      releases: this.releases.size,
      applications: this.applications.size,
      subscriptions: this.#subscriptions.size,
      credentials: this.credentials.size,
    };
  }

  putApi(api: GatewayApi): void {
    this.dropApi(api.id);
    const place = this.places.get(api.place) ?? { byBasePath: new Map(), depthMax: 0 };
    this.places.set(api.place, place);
    place.byBasePath.set(api.basePath, api);
    place.depthMax = Math.max(place.depthMax, api.basePath.split("/").length - 1);
    this.apis.set(api.id, api);
  }

  dropApi(id: string): void {
    const old = this.apis.get(id);
    if (!old) return;
    this.apis.delete(id);
    const place = this.places.get(old.place);
    // Another API may have taken the base path in the same change.
    if (place?.byBasePath.get(old.basePath) === old) place.byBasePath.delete(old.basePath);
    if (place?.byBasePath.size === 0) this.places.delete(old.place);
  }

  putCredential(row: CredentialForGateway): void {
    const { id: pepperId } = pepper();
    // A record under another pepper cannot be checked here; it never matches.
    const secrets = row.secrets.filter((secret) => secret.keyId === pepperId);
    this.credentials.put({
      id: row.id,
      clientId: row.clientId,
      applicationId: row.applicationId,
      environment: row.environment,
      catalogId: row.catalogId,
      revoked: row.status !== "active",
      expiresAtMs: row.expiresAtMs ?? Number.POSITIVE_INFINITY,
      networks: row.networks ? new NetworkList(row.networks) : null,
      scope: row.scope ? new Set(row.scope) : null,
      secrets: secrets.map(({ verifier, notAfterMs }) => ({
        verifier: Buffer.from(verifier, "hex"),
        notAfterMs: notAfterMs ?? Number.POSITIVE_INFINITY,
      })),
    });
  }

  dropCredential(id: string): void {
    this.credentials.drop(id);
  }

  putSigningKeys(keys: SigningKeys): void {
    const lives = (clientId: string, version: number) =>
      secretOf(this.credentials.get(clientId), version) !== undefined;
    this.tokens = new AccessTokens(keys, lives);
  }

  putApplication(application: GatewayApplication): void {
    this.applications.set(application.id, application);
  }

  dropApplication(id: string): void {
    this.applications.delete(id);
  }

  putRelease(row: ReleaseForGateway): void {
    // Subscriptions notice by it, each with its next call: there may be half a million on a release.
    this.#editions += 1;
    const limitsByPlan = new Map<string, PlanLimits>();
    for (const plan of row.plans) {
      const limits = readPlanLimits(plan);
      if (limits) limitsByPlan.set(plan.id, limits);
      // Failing closed: a plan that is not understood is no plan, never an unlimited one.
      else log.error({ release: row.id, plan: plan.name }, "limits not understood, plan skipped");
    }
    const planNames = new Map(row.plans.map(({ id, name }) => [id, name]));
    this.releases.set(row.id, {
      id: row.id,
      edition: this.#editions,
      publishedApiIds: new Set(row.publishedApiIds),
      limitsByPlan,
      planNames,
    });
  }

  dropRelease(id: string): void {
    this.releases.delete(id);
  }

  putSubscription(row: SubscriptionForGateway): void {
    const { id, state } = row;
    const old = this.#subscriptions.get(id);
    // The texts that are there already: of a hundred thousand subscriptions each has but one.
    const applicationId = this.applications.get(row.applicationId)?.id ?? row.applicationId;
    const releaseId = this.releases.get(row.releaseId)?.id ?? row.releaseId;
    const subscription: GatewaySubscription = {
      id,
      applicationId,
      releaseId,
      planId: row.releasePlanId,
      state,
      boundTo: 0,
      limits: NO_LIMITS,
      operationLimits: null,
    };
    this.#subscriptions.set(id, subscription);
    if (old && old.applicationId !== applicationId) this.#unlist(old);
    const list = this.#byApplication.get(applicationId) ?? [];
    if (list.length === 0) this.#byApplication.set(applicationId, list);
    const at = old ? list.indexOf(old) : -1;
    if (at >= 0) {
      list[at] = subscription;
      return;
    }
    const last = list.at(-1);
    list.push(subscription);
    // IDs are UUIDv7: of several subscriptions that hold an API the oldest decides.
    if (last && id < last.id) list.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  dropSubscription(id: string): void {
    const old = this.#subscriptions.get(id);
    if (!old) return;
    this.#unlist(old);
    this.#subscriptions.delete(id);
    this.#counters.drop(id);
  }

  subscriptionsOf(applicationId: string): readonly GatewaySubscription[] {
    return this.#byApplication.get(applicationId) ?? NONE;
  }

  /** Whether a release in this snapshot still offers the plan that the subscription is on, with the API; then it has the limits of now. */
  covers(subscription: GatewaySubscription, publishedApiId: string): boolean {
    const release = this.releases.get(subscription.releaseId);
    if (release?.publishedApiIds.has(publishedApiId) !== true || !release.limitsByPlan.has(subscription.planId))
      return false;
    if (subscription.boundTo !== release.edition) this.#bind(subscription, release);
    return true;
  }

  /** Gives a subscription its limits. Done with its first call, since most of many are not used in one process. */
  #bind(subscription: GatewaySubscription, release: GatewayRelease): void {
    subscription.boundTo = release.edition;
    const plan = release.limitsByPlan.get(subscription.planId);
    subscription.limits = this.#counters.bind(subscription.id, plan?.limits ?? []);
    if (!plan || plan.operations.size === 0) {
      subscription.operationLimits = null;
      return;
    }
    const bindAll = (limits: ReadonlyMap<string, readonly PlanLimit[]>) =>
      new Map([...limits].map(([operation, own]) => [operation, this.#counters.bind(subscription.id, own)]));
    subscription.operationLimits = new Map([...plan.operations].map(([apiId, limits]) => [apiId, bindAll(limits)]));
  }

  #unlist(subscription: GatewaySubscription): void {
    const list = this.#byApplication.get(subscription.applicationId);
    if (!list) return;
    const rest = list.filter((other) => other.id !== subscription.id);
    if (rest.length > 0) this.#byApplication.set(subscription.applicationId, rest);
    else this.#byApplication.delete(subscription.applicationId);
  }
}

const NONE: readonly GatewaySubscription[] = [];
