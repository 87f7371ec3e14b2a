import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Actor, UserActor } from "#lib/access/actor.ts";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { deleteApiDefinition } from "#lib/api-definition/delete-api-definition.ts";
import { editApiDefinition } from "#lib/api-definition/edit-api-definition.ts";
import { readApiDefinition } from "#lib/api-definition/read-api-definition.ts";
import { saveApiDefinition } from "#lib/api-definition/save-api-definition.ts";
import { saveDesign } from "#lib/api-definition/save-design.ts";
import { deleteApplication } from "#lib/application/delete-application.ts";
import { openApplication } from "#lib/application/open-application.ts";
import { readApplication } from "#lib/application/read-application.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { updateApplication } from "#lib/application/update-application.ts";
import { readBackends } from "#lib/backend/read-backends.ts";
import { setBackend } from "#lib/backend/set-backend.ts";
import { ensureCallRecordPartitions } from "#lib/call-record/call-record-partitions.ts";
import { readCause } from "#lib/call-record/read-cause.ts";
import { resetTestCredential } from "#lib/catalog/reset-test-credential.ts";
import { createCredential } from "#lib/credential/create-credential.ts";
import { resetSecret } from "#lib/credential/reset-secret.ts";
import { revokeCredential } from "#lib/credential/revoke-credential.ts";
import { updateCredential } from "#lib/credential/update-credential.ts";
import { db, transaction } from "#lib/db/client.ts";
import { getAccessToken } from "#lib/explore/get-access-token.ts";
import { grantExplore } from "#lib/explore/grant-explore.ts";
import { dismissGateway } from "#lib/gateway-feed/dismiss-gateway.ts";
import { endOwnSession } from "#lib/identity/end-own-session.ts";
import { openSession } from "#lib/identity/sign-in.ts";
import { newId } from "#lib/ids.ts";
import { changeRole, removeMember } from "#lib/organization/change-member.ts";
import { inviteMember, withdrawInvitation } from "#lib/organization/invite-member.ts";
import { deleteProduct } from "#lib/product/delete-product.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { publishProduct } from "#lib/product/publish-product.ts";
import { readProduct } from "#lib/product/read-product.ts";
import { retireRelease } from "#lib/product/retire-release.ts";
import { updateProduct } from "#lib/product/update-product.ts";
import { createApiKey } from "#lib/service-id/create-api-key.ts";
import { createServiceId } from "#lib/service-id/create-service-id.ts";
import { deleteServiceId } from "#lib/service-id/delete-service-id.ts";
import { listServiceIds } from "#lib/service-id/list-service-ids.ts";
import { revokeApiKey } from "#lib/service-id/revoke-api-key.ts";
import { updateServiceId } from "#lib/service-id/update-service-id.ts";
import { cancelSubscription } from "#lib/subscription/cancel-subscription.ts";
import { decideSubscription } from "#lib/subscription/decide-subscription.ts";
import { listSubscriptionsOfApplication } from "#lib/subscription/list-subscriptions-of-application.ts";
import { registerAndSubscribe } from "#lib/subscription/register-and-subscribe.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";
import { withdrawSubscription } from "#lib/subscription/withdraw-subscription.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, provider } from "#lib/test-kit/people.ts";

ownDatabase();

type Kind =
  | "api"
  | "apiKey"
  | "application"
  | "call"
  | "catalog"
  | "credential"
  | "gateway"
  | "invitation"
  | "membership"
  | "organization"
  | "product"
  | "release"
  | "serviceId"
  | "session"
  | "subscription";

const foreign: Record<Kind, string> = {} as Record<Kind, string>;
const mine: { apiId: string; catalogId: string; applicationId: string } = {
  apiId: "",
  catalogId: "",
  applicationId: "",
};
const plan = { releaseId: "", planId: "" };
const api = { organization: "", catalog: "sandbox", api: "" };

/** Owner of a provider and of a consumer organization: their role allows everything, just not on what is another's. */
let actor: UserActor;

beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  const theirs = await provider("Theirs");
  const buyer = await consumer("Buyer");
  foreign.organization = buyer.organizationId;
  const { id: sandbox } = await db().catalog.findFirstOrThrow({
    where: { organizationId: theirs.organizationId, slug: "sandbox" },
  });
  foreign.catalog = sandbox;
  const draft = {
    organization: theirs.slug,
    title: "Weather",
    basePath: "/weather",
    backendUrl: "http://127.0.0.1:4010",
  };
  foreign.api = (await createApiDefinition(theirs.owner, draft)).id;
  const published = await publishApi(theirs.owner, { apiId: foreign.api, catalogId: sandbox });
  foreign.product = published.productId;
  foreign.release = published.releaseId;
  plan.releaseId = published.releaseId;
  plan.planId = (await db().releasePlan.findFirstOrThrow({ where: { releaseId: published.releaseId } })).id;
  api.organization = theirs.slug;
  api.api = (await db().publishedApi.findFirstOrThrow({ where: { apiDefinitionId: foreign.api } })).slug;
  const application = await registerApplication(buyer.owner, {
    organizationId: buyer.organizationId,
    name: "Storefront",
    description: "",
    environment: "sandbox",
  });
  foreign.application = application.applicationId;
  foreign.credential = (await db().credential.findFirstOrThrow({ where: { applicationId: foreign.application } })).id;
  foreign.subscription = (
    await requestSubscription(buyer.owner, { applicationId: foreign.application, ...plan, comment: "" })
  ).subscriptionId;
  foreign.serviceId = (await createServiceId(buyer.owner, { applicationId: foreign.application, name: "Nightly" })).id;
  foreign.apiKey = (
    await createApiKey(buyer.owner, { serviceIdId: foreign.serviceId, environment: "sandbox", name: "One" })
  ).apiKeyId;
  foreign.membership = (await db().membership.findFirstOrThrow({ where: { organizationId: buyer.organizationId } })).id;
  await inviteMember(buyer.owner, buyer.slug, { email: "guest@example.com", role: "viewer" });
  foreign.invitation = (await db().invitation.findFirstOrThrow()).id;

  foreign.call = newId();
  await ensureCallRecordPartitions();
  await db().$executeRaw`
    insert into "CallRecord" ("time", "requestId", "organizationId", "applicationId", "method", "status", "cause",
      "totalMs", "requestBytes", "responseBytes")
    values (now(), ${foreign.call}::uuid, ${theirs.organizationId}::uuid, ${foreign.application}::uuid, 'GET', 401,
      'secret-wrong', 1, 0, 0)`;

  foreign.session = await transaction((tx) => openSession(tx, buyer.owner.userId, new Date()));

  foreign.gateway = newId();
  await db().gatewayNode.create({ data: { id: foreign.gateway, address: "api-1", heartbeatAt: new Date(0) } });

  const own = await provider("Own");
  const ownConsumer = await consumer("Own consumer");
  actor = { ...own.owner, memberships: [...own.owner.memberships, ...ownConsumer.owner.memberships] };
  mine.catalogId = (
    await db().catalog.findFirstOrThrow({ where: { organizationId: own.organizationId, slug: "sandbox" } })
  ).id;
  mine.apiId = (await createApiDefinition(own.owner, { ...draft, organization: own.slug })).id;
  mine.applicationId = (
    await registerApplication(actor, {
      organizationId: ownConsumer.organizationId,
      name: "Mine",
      description: "",
      environment: "sandbox",
    })
  ).applicationId;
});

/** Use case -> which kind of ID it takes, and the call. */
const table: Record<string, [Kind, (actor: Actor, id: string) => Promise<unknown>]> = {
  readApiDefinition: ["api", (a, id) => readApiDefinition(a, id)],
  saveApiDefinition: ["api", (a, id) => saveApiDefinition(a, { id, source: "openapi: 3.0.3", sourceVersion: 1 })],
  saveDesign: ["api", (a, id) => saveDesign(a, { id, sourceVersion: 1, source: null, edits: [] })],
  editApiDefinition: [
    "api",
    (a, id) => editApiDefinition(a, { id, sourceVersion: 1, edit: { kind: "base-path", basePath: "/x" } }),
  ],
  deleteApiDefinition: ["api", (a, id) => deleteApiDefinition(a, { id })],
  readBackends: ["api", (a, id) => readBackends(a, id)],
  setBackend: ["api", (a, id) => setBackend(a, { apiId: id, catalogId: mine.catalogId, url: "http://127.0.0.1:4010" })],
  "setBackend, catalog": [
    "catalog",
    (a, id) => setBackend(a, { apiId: mine.apiId, catalogId: id, url: "http://127.0.0.1:4010" }),
  ],
  publishApi: ["api", (a, id) => publishApi(a, { apiId: id, catalogId: mine.catalogId })],
  "publishApi, catalog": ["catalog", (a, id) => publishApi(a, { apiId: mine.apiId, catalogId: id })],
  publishProduct: ["product", (a, id) => publishProduct(a, { productId: id, catalogId: mine.catalogId })],
  readProduct: ["product", (a, id) => readProduct(a, id)],
  updateProduct: ["product", (a, id) => updateProduct(a, { id, title: "X", draftVersion: 1, apiIds: [], plans: [] })],
  deleteProduct: ["product", (a, id) => deleteProduct(a, id)],
  retireRelease: ["release", (a, id) => retireRelease(a, id)],
  readCause: ["call", (a, id) => readCause(a, { requestId: id, as: "caller" })],
  "readCause, provider": ["call", (a, id) => readCause(a, { requestId: id, as: "provider" })],
  resetTestCredential: ["catalog", (a, id) => resetTestCredential(a, id)],
  registerApplication: [
    "organization",
    (a, id) => registerApplication(a, { organizationId: id, name: "X", description: "", environment: "sandbox" }),
  ],
  registerAndSubscribe: [
    "organization",
    (a, id) => registerAndSubscribe(a, { organizationId: id, name: "X", ...plan, comment: "" }),
  ],
  readApplication: ["application", (a, id) => readApplication(a, { applicationId: id })],
  openApplication: ["application", (a, id) => openApplication(a, { applicationId: id })],
  updateApplication: [
    "application",
    (a, id) => updateApplication(a, { applicationId: id, name: "X", description: "" }),
  ],
  deleteApplication: ["application", (a, id) => deleteApplication(a, { applicationId: id, confirmName: "Storefront" })],
  createCredential: [
    "application",
    (a, id) => createCredential(a, { applicationId: id, environment: "sandbox", name: "X" }),
  ],
  updateCredential: ["credential", (a, id) => updateCredential(a, { credentialId: id, name: "X", description: "" })],
  resetSecret: ["credential", (a, id) => resetSecret(a, { credentialId: id })],
  revokeCredential: ["credential", (a, id) => revokeCredential(a, { credentialId: id })],
  createServiceId: ["application", (a, id) => createServiceId(a, { applicationId: id, name: "X" })],
  listServiceIds: ["application", (a, id) => listServiceIds(a, id)],
  updateServiceId: [
    "serviceId",
    (a, id) => updateServiceId(a, { serviceIdId: id, name: "X", description: "", scope: [] }),
  ],
  deleteServiceId: ["serviceId", (a, id) => deleteServiceId(a, { serviceIdId: id })],
  createApiKey: ["serviceId", (a, id) => createApiKey(a, { serviceIdId: id, environment: "sandbox", name: "X" })],
  revokeApiKey: ["apiKey", (a, id) => revokeApiKey(a, { apiKeyId: id })],
  "revokeApiKey, credential": ["credential", (a, id) => revokeApiKey(a, { apiKeyId: id })],
  "revokeCredential, API key": ["apiKey", (a, id) => revokeCredential(a, { credentialId: id })],
  requestSubscription: ["application", (a, id) => requestSubscription(a, { applicationId: id, ...plan, comment: "" })],
  listSubscriptionsOfApplication: ["application", (a, id) => listSubscriptionsOfApplication(a, id)],
  cancelSubscription: ["subscription", (a, id) => cancelSubscription(a, { subscriptionId: id })],
  withdrawSubscription: ["subscription", (a, id) => withdrawSubscription(a, { subscriptionId: id })],
  decideSubscription: ["subscription", (a, id) => decideSubscription(a, { subscriptionId: id, decision: "approve" })],
  grantExplore: ["application", (a, id) => grantExplore(a, { api, applicationId: id })],
  getAccessToken: [
    "application",
    (a, id) => getAccessToken(a, { api, from: { kind: "application", applicationId: id } }, AbortSignal.timeout(5_000)),
  ],
  changeRole: ["membership", (a, id) => changeRole(a, id, "viewer")],
  removeMember: ["membership", (a, id) => removeMember(a, id)],
  dismissGateway: ["gateway", (a, id) => dismissGateway(a, { gatewayId: id })],
  endOwnSession: ["session", (a, id) => endOwnSession(a, { sessionId: id })],
  withdrawInvitation: ["invitation", (a, id) => withdrawInvitation(a, id)],
};

/** Use cases that take no ID of a row: slugs (whose scope other tests hold), the person themselves, or what is public. */
const withoutId = new Set([
  "acceptInvitation",
  "changePassword",
  "countPendingSubscriptions",
  "createApiDefinition",
  "createOrganization",
  "createProduct",
  "importApiDefinition",
  "inviteMember",
  "listApiDefinitions",
  "listApplicationOwners",
  "listApplications",
  "listCallers",
  "listCatalogs",
  "listEvents",
  "listGateways",
  "listInstallationEvents",
  "listMembers",
  "listPendingSubscriptions",
  "listProducts",
  "listReleases",
  "listSubscribers",
  "previewDefinition",
  "readCatalog",
  "readEndpoints",
  "readOrganization",
  "readProviderFrame",
  "readTestCredential",
  "relayCall",
  "setAdministrator",
  "updateOrganization",
  "endOtherSessions",
  // Names who acts, for an event.
  "byActor",
  "listSessions",
  // Reached through the two that name it, cancel and withdraw.
  "endSubscription",
]);

const answer = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => "no error at all",
    (caught) => caught,
  );
  return { code: error.code, status: error.status, detail: error.detail, fields: error.fields };
};

describe("a foreign row is as absent as a random ID", () => {
  test.each(Object.keys(table))("%s", async (name) => {
    const [kind, call] = table[name] as (typeof table)[string];
    const theirs = await answer(call(actor, foreign[kind]));
    expect(theirs).toEqual(await answer(call(actor, newId())));
    expect(theirs.code).toBe("NOT_FOUND");
  });

  test("every use case is in the table, or takes no ID", () => {
    const root = join(import.meta.dirname, "../..");
    const found = globSync("lib/**/*.ts", { cwd: root })
      .filter((file) => !/generated|test-kit|^lib\/access\/|\.rules\.ts$|\.test\.ts$/.test(file))
      .flatMap((file) => [
        ...readFileSync(join(root, file), "utf8").matchAll(
          /^export (?:async )?(?:function|const) (\w+)(?: =(?: async)?)?\s*\(\s*actor: Actor\b/gm,
        ),
      ])
      .map((match) => match[1] ?? "");
    const known = new Set([...Object.keys(table), ...withoutId]);
    expect(found.length).toBeGreaterThan(40);
    expect(found.filter((name) => !known.has(name))).toEqual([]);
  });
});
