import { deleteApiDefinition } from "#lib/api-definition/delete-api-definition.ts";
import { saveApiDefinition } from "#lib/api-definition/save-api-definition.ts";
import { deleteApplication } from "#lib/application/delete-application.ts";
import { resetTestCredential } from "#lib/catalog/reset-test-credential.ts";
import { createCredential } from "#lib/credential/create-credential.ts";
import { resetSecret } from "#lib/credential/reset-secret.ts";
import { revokeCredential } from "#lib/credential/revoke-credential.ts";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { acceptInvitation } from "#lib/organization/accept-invitation.ts";
import { removeMember } from "#lib/organization/change-member.ts";
import { inviteMember } from "#lib/organization/invite-member.ts";
import { deleteProduct } from "#lib/product/delete-product.ts";
import { planInput } from "#lib/product/product.schema.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { publishProduct } from "#lib/product/publish-product.ts";
import { retireRelease } from "#lib/product/retire-release.ts";
import { cancelSubscription } from "#lib/subscription/cancel-subscription.ts";
import { decideSubscription } from "#lib/subscription/decide-subscription.ts";
import { registerAndSubscribe } from "#lib/subscription/register-and-subscribe.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";
import { withdrawSubscription } from "#lib/subscription/withdraw-subscription.ts";
import { saveProduct } from "../save-product.ts";
import type { Cast, Scene } from "./world.ts";

/** A deed that had nothing to be done to in this scene. */
export const nothingToDo = Symbol("nothing to do");

type Deed = (cast: Cast, scene: Scene, pick: number) => Promise<unknown>;

const planOf = ({ plans }: Scene, pick: number) => plans[pick % Math.max(plans.length, 1)];

/** What a person may do at the same time as others; `pick` chooses among plans, titles, subscriptions. */
export const deeds = {
  publish: ({ provider, catalogId }, { productId }) => publishProduct(provider.owner, { productId, catalogId }),
  "publish API": ({ provider, catalogId }, { apiId }) => publishApi(provider.editor, { apiId, catalogId }),
  retire: async ({ provider }, { releaseId }) => (releaseId ? retireRelease(provider.owner, releaseId) : nothingToDo),
  "delete product": ({ provider }, { productId }) => deleteProduct(provider.owner, productId),
  "delete API": ({ provider }, { apiId }) => deleteApiDefinition(provider.owner, { id: apiId }),
  "save product": ({ provider }, { productId, apiId }, pick) =>
    saveProduct(provider.editor, {
      id: productId,
      title: `Product ${pick}`,
      apiIds: [apiId],
      plans: (pick % 2 ? ["Gold"] : ["Gold", "Silver"]).map((title) =>
        planInput.parse({ title, rateLimit: "", requiresApproval: false }),
      ),
    }),
  "save API": async ({ provider }, { apiId }, pick) => {
    const draft = await db().apiDefinition.findUnique({ where: { id: apiId } });
    if (!draft) return nothingToDo;
    const { source, sourceVersion } = draft;
    return saveApiDefinition(provider.editor, { id: apiId, source: `${source.trimEnd()}\n# ${pick}\n`, sourceVersion });
  },
  subscribe: async ({ developer }, scene, pick) => {
    const { applicationId, releaseId } = scene;
    const plan = planOf(scene, pick);
    if (!releaseId || !plan) return nothingToDo;
    const done = await requestSubscription(developer.owner, { applicationId, releaseId, planId: plan.id });
    return { ...done, planId: plan.id };
  },
  "register and subscribe": async ({ developer }, scene, pick) => {
    const { organizationId, owner } = developer;
    const plan = planOf(scene, pick);
    if (!scene.releaseId || !plan) return nothingToDo;
    const wanted = {
      organizationId,
      name: `Made at once ${newId().slice(-12)}`,
      releaseId: scene.releaseId,
      planId: plan.id,
    };
    const { subscription } = await registerAndSubscribe(owner, wanted);
    return { ...subscription, planId: plan.id };
  },
  "cancel subscription": async ({ developer }, { subscriptions }) => {
    const [open] = subscriptions;
    if (!open) return nothingToDo;
    const end = open.state === "pending" ? withdrawSubscription : cancelSubscription;
    return end(developer.owner, { subscriptionId: open.id });
  },
  decide: async ({ provider }, { subscriptions }, pick) => {
    const waiting = subscriptions.find(({ state }) => state === "pending");
    if (!waiting) return nothingToDo;
    const decision = pick % 2 ? ("approve" as const) : ("reject" as const);
    return decideSubscription(provider.owner, { subscriptionId: waiting.id, decision, reason: "So it is." });
  },
  "delete application": ({ developer }, { applicationId, application }) =>
    deleteApplication(developer.owner, { applicationId, confirmName: application }),
  "create credential": ({ developer }, { applicationId }) =>
    createCredential(developer.owner, { applicationId, environment: "sandbox", name: "another" }),
  "reset secret": ({ developer }, { credentialId }) => resetSecret(developer.owner, { credentialId }),
  "revoke credential": ({ developer }, { credentialId }) => revokeCredential(developer.owner, { credentialId }),
  "reset test credential": ({ provider, catalogId }) => resetTestCredential(provider.owner, catalogId),
  invite: ({ developer, guest }) =>
    inviteMember(developer.owner, developer.slug, { email: guest.email, role: "developer" }),
  "invite and accept": async ({ developer, guest }) => {
    const { token } = await inviteMember(developer.owner, developer.slug, { email: guest.email, role: "viewer" });
    return acceptInvitation(guest, token);
  },
  "remove member": async ({ developer, guest }) => {
    const where = { organizationId: developer.organizationId, userId: guest.userId };
    const membership = await db().membership.findFirst({ where });
    return membership ? removeMember(developer.owner, membership.id) : nothingToDo;
  },
} satisfies Record<string, Deed>;

export type DeedName = keyof typeof deeds;
export const deedNames = Object.keys(deeds) as DeedName[];

export interface Outcome {
  deed: DeedName;
  ok: boolean;
  /** What was told: the answer, or the error. */
  told: unknown;
}

/** Does one deed some steps later, so that its parts meet others' in many ways; null: there was nothing to do. */
export async function doDeed(
  cast: Cast,
  scene: Scene,
  { deed, pick, steps }: { deed: DeedName; pick: number; steps: number },
): Promise<Outcome | null> {
  for (let step = 0; step < steps; step += 1) await db().$queryRaw`select 1`;
  try {
    const told = await deeds[deed](cast, scene, pick);
    return told === nothingToDo ? null : { deed, ok: true, told };
  } catch (error) {
    return { deed, ok: false, told: error };
  }
}
