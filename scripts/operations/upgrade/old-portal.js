// Runs inside the tree of the old version, as scripts/old-portal.js: every import is the old version's own code. It makes
// data of every table through the old use cases, and goes on using them while the database is migrated below it.
// Plain JavaScript, because the types of the new version are not those of the old one.

import { importApiDefinition } from "#lib/api-definition/import-api-definition.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { setBackend } from "#lib/backend/set-backend.ts";
import { listCatalogs } from "#lib/catalog/read-catalog.ts";
import { searchApis } from "#lib/catalog/search-apis.ts";
import { createCredential } from "#lib/credential/create-credential.ts";
import { resetSecret } from "#lib/credential/reset-secret.ts";
import { revokeCredential } from "#lib/credential/revoke-credential.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { grantExplore } from "#lib/explore/grant-explore.ts";
import { closeFeed } from "#lib/gateway-feed/feed-connection.ts";
import { pruneChanges } from "#lib/gateway-feed/prune-changes.ts";
import { actorOfUser } from "#lib/identity/read-actor.ts";
import { setAdministrator } from "#lib/identity/set-administrator.ts";
import { signIn } from "#lib/identity/sign-in.ts";
import { signUp } from "#lib/identity/sign-up.ts";
import { createOrganization } from "#lib/organization/create-organization.ts";
import { inviteMember } from "#lib/organization/invite-member.ts";
import { createProduct } from "#lib/product/create-product.ts";
import { planInput } from "#lib/product/product.schema.ts";
import { publishProduct } from "#lib/product/publish-product.ts";
import { retireRelease } from "#lib/product/retire-release.ts";
import { updateProduct } from "#lib/product/update-product.ts";
import { createApiKey } from "#lib/service-id/create-api-key.ts";
import { createServiceId } from "#lib/service-id/create-service-id.ts";
import { decideSubscription } from "#lib/subscription/decide-subscription.ts";
import { registerAndSubscribe } from "#lib/subscription/register-and-subscribe.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";
import { withdrawSubscription } from "#lib/subscription/withdraw-subscription.ts";
import { rotateSigningKey } from "#lib/token/rotate-signing-key.ts";

/** @param {{ title: string, path: string, version?: string, open?: boolean, more?: string }} api */
const definition = ({ title, path, version = "1.0.0", open = false, more = "" }) => `openapi: 3.0.3
info: { title: ${title}, version: "${version}", description: "About *${title}*" }
servers: [{ url: http://127.0.0.1:1 }]
x-portico: { base-path: ${path} }
${more}${
  open
    ? ""
    : `components:
  securitySchemes:
    id: { type: apiKey, in: header, name: X-IBM-Client-Id, x-key-type: client_id }
    secret: { type: apiKey, in: header, name: X-IBM-Client-Secret, x-key-type: client_secret }
security: [{ id: [], secret: [] }]
`
}paths:
  /x:
    get:
      operationId: getX
      summary: Read one
      parameters: [{ name: q, in: query, schema: { type: string } }]
      responses: { "200": { description: ok } }
`;

/** The old version published it and runs it; a newer one says that errors are not named by variables (F16). */
const noLongerCompiles = `x-ibm-configuration:
  assembly:
    execute: [{ invoke: { version: 2.0.0, target-url: "$(target-url)$(request.path)" } }]
    catch: [{ errors: ["$(request.verb)"], execute: [{ throw: { version: 2.1.0, name: Never } }] }]
`;

const limits = { rateLimit: "", burstLimit: "", quota: "", operations: [], requiresApproval: false };

/** An API of this definition, with its backend in every catalog, as a product that is published in all of them. */
async function published(owner, { organization, backendUrl, plans, ...api }) {
  const { id: apiId } = await importApiDefinition(owner, { organization, source: definition(api) });
  const catalogs = await listCatalogs(owner, organization);
  for (const { id: catalogId } of catalogs) {
    const signIn = { authKind: "basic", username: "portico", password: "for-the-backend" };
    await setBackend(owner, { apiId, catalogId, url: backendUrl, ...signIn });
  }
  const { id: productId } = await createProduct(owner, { organization, title: api.title, version: "1.0.0" });
  const all = plans.map((plan) => planInput.parse({ ...limits, ...plan }));
  await updateProduct(owner, { id: productId, title: api.title, apiIds: [apiId], plans: all });
  for (const { id: catalogId } of catalogs) await publishProduct(owner, { productId, catalogId });
  return { apiId, productId };
}

/** Release and plan of a product in one catalog. */
async function offered(productId, catalog, title) {
  const { id: releaseId, plans } = await db().productRelease.findFirstOrThrow({
    where: { productId, catalog: { slug: catalog } },
    include: { plans: true },
  });
  return { releaseId, planId: plans.find((plan) => plan.title === title).id };
}

const pair = ({ clientId, secret }) => ({ clientId, secret });

/** Data of every table that use cases write; the gateways and their calls write the rest. */
async function make({ backendUrl, password }) {
  const account = (name) => ({ name, email: `${name}@upgrade.example`, password });
  const { userId: providerId } = await signUp({ ...account("jo"), organization: "" }, { withOrganization: false });
  const { slug } = await createOrganization(await actorOfUser(providerId), {
    name: "Acme",
    isProvider: true,
    isConsumer: false,
  });
  const owner = await actorOfUser(providerId);
  await signUp({ ...account("ada"), organization: "" }, { withOrganization: false });
  await setAdministrator({ kind: "system", name: "Operator" }, { email: "ada@upgrade.example", isAdministrator: true });
  const { userId } = await signUp({ ...account("mira"), organization: "Northwind" });
  const developer = await actorOfUser(userId);
  const [{ organizationId }] = developer.memberships;

  const place = { organization: slug, backendUrl };
  const plain = [
    { title: "Default", rateLimit: "1000000/1hour" },
    { title: "Gold", burstLimit: "1000/1second", requiresApproval: true },
  ];
  const orders = await published(owner, { ...place, title: "Orders", path: "/orders", plans: plain });
  await published(owner, { ...place, title: "Open", path: "/open", open: true, plans: plain });
  const refused = await published(owner, {
    ...{ ...place, title: "Refused", path: "/refused", open: true, more: noLongerCompiles, plans: plain },
  });
  const counted = await published(owner, {
    ...place,
    ...{ title: "Counted", path: "/counted", version: "2.1.0+build" },
    plans: [{ title: "Forty", quota: "40/1month" }],
  });
  const gone = await published(owner, { ...place, title: "Gone", path: "/gone", plans: plain });
  await retireRelease(owner, (await offered(gone.productId, "production", "Default")).releaseId);

  const caller = await registerAndSubscribe(developer, {
    organizationId,
    name: "Storefront",
    ...(await offered(orders.productId, "sandbox", "Default")),
  });
  const { applicationId } = caller;
  const inProduction = await createCredential(developer, { applicationId, environment: "production", name: "live" });
  await requestSubscription(developer, {
    applicationId,
    ...(await offered(orders.productId, "production", "Default")),
  });
  const networked = await createCredential(developer, {
    ...{ applicationId, environment: "sandbox", name: "limited" },
    ...{ networks: ["127.0.0.1"], scope: [orders.apiId] },
  });
  const ended = await createCredential(developer, { applicationId, environment: "sandbox", name: "ended" });
  await revokeCredential(developer, { credentialId: ended.credentialId });
  const renewed = await createCredential(developer, { applicationId, environment: "sandbox", name: "renewed" });
  const reset = await resetSecret(developer, { credentialId: renewed.credentialId });

  const counting = await registerAndSubscribe(developer, {
    organizationId,
    name: "Counting",
    ...(await offered(counted.productId, "sandbox", "Forty")),
  });
  const asking = await registerApplication(developer, { organizationId, name: "Asking", environment: "sandbox" });
  const gold = await offered(orders.productId, "sandbox", "Gold");
  const ask = () => requestSubscription(developer, { applicationId: asking.applicationId, ...gold });
  await withdrawSubscription(developer, { subscriptionId: (await ask()).subscriptionId });
  const decide = { subscriptionId: (await ask()).subscriptionId, decision: "reject", reason: "No" };
  await decideSubscription(owner, decide);
  const waiting = await ask();

  const policy = { applicationId, name: "nightly", scope: [orders.apiId] };
  const { id: serviceIdId } = await createServiceId(developer, policy);
  const key = await createApiKey(developer, { serviceIdId, environment: "sandbox", name: "first" });
  const invitation = await inviteMember(owner, slug, { email: "new@upgrade.example", role: "viewer" });
  await rotateSigningKey({ publishedBeforeSeconds: 1 });
  await signIn({ email: "mira@upgrade.example", password: "not this one" }, "198.51.100.7").catch(() => undefined);
  const session = await signIn({ email: "mira@upgrade.example", password }, "127.0.0.1");
  await grantExplore(developer, {
    api: { organization: slug, catalog: "sandbox", api: "orders-1.0.0" },
    applicationId,
  });
  // The row that says how far the feed was pruned.
  await pruneChanges();
  return {
    slug,
    applicationId,
    organizationId,
    developerId: userId,
    providerId,
    ordersProductId: orders.productId,
    refusedApiId: refused.apiId,
    sessionId: session.sessionId,
    invitationToken: invitation.token,
    waitingId: waiting.subscriptionId,
    slugs: (await searchApis({})).rows.map((row) => ({ catalog: row.catalog.slug, slug: row.slug })),
    credentials: {
      sandbox: pair(caller.credential),
      production: pair(inProduction),
      networked: pair(networked),
      reset: pair(reset),
      counting: pair(counting.credential),
    },
    revoked: pair(ended),
    apiKey: key.apiKey,
  };
}

let round = 0;

/** What providers and developers do on an ordinary day; each round leaves new rows and answers with a pair that works. */
async function work({ providerId, developerId, organizationId, ordersProductId, backendUrl, password }) {
  round += 1;
  const owner = await actorOfUser(providerId);
  const developer = await actorOfUser(developerId);
  const { sessionId } = await signIn({ email: "jo@upgrade.example", password }, "127.0.0.1");
  const [{ organizationSlug: organization }] = owner.memberships;
  const title = `Late ${round}`;
  const plans = [{ title: "Default", rateLimit: "100/1hour" }];
  await published(owner, { organization, backendUrl, title, path: `/late-${round}`, plans });
  for (const { id: catalogId } of await listCatalogs(owner, organization)) {
    await publishProduct(owner, { productId: ordersProductId, catalogId });
  }
  const made = await registerAndSubscribe(developer, {
    organizationId,
    name: `Late ${round}`,
    ...(await offered(ordersProductId, "sandbox", "Default")),
  });
  await resetSecret(developer, { credentialId: made.credential.credentialId });
  const again = await createCredential(developer, {
    ...{ applicationId: made.applicationId, environment: "sandbox", name: "again" },
  });
  await inviteMember(owner, organization, { email: `late-${round}@upgrade.example`, role: "developer" });
  await signUp({ name: `Late ${round}`, email: `sign-up-${round}@upgrade.example`, password, organization: title });
  await searchApis({ q: "orders" });
  return { sessionId, credential: pair(again) };
}

const deeds = { migrate: () => migrate(process.env.DATABASE_URL), make, work };

process.on("message", async ({ id, deed, input }) => {
  try {
    process.send({ id, result: await deeds[deed](input) });
  } catch (error) {
    process.send({ id, error: `${error.stack}\n${error.detail ?? ""} ${JSON.stringify(error.fields ?? [])}` });
  }
});
process.on("disconnect", async () => {
  await Promise.all([closeFeed(), closeDb()]);
  process.exit(0);
});
process.send({ id: 0 });
