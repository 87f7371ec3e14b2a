"use server";

import { withAction } from "#app/_server/with-action.ts";
import {
  type DeleteApplicationInput,
  deleteApplicationInput,
  type RegisterApplicationInput,
  registerApplicationInput,
  type UpdateApplicationInput,
  updateApplicationInput,
} from "#lib/application/application.schema.ts";
import { deleteApplication } from "#lib/application/delete-application.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { updateApplication } from "#lib/application/update-application.ts";
import { createCredential } from "#lib/credential/create-credential.ts";
import {
  type CreateCredentialInput,
  type CredentialRef,
  createCredentialInput,
  credentialRef,
  type UpdateCredentialInput,
  updateCredentialInput,
} from "#lib/credential/credential.schema.ts";
import { resetSecret } from "#lib/credential/reset-secret.ts";
import { revokeCredential } from "#lib/credential/revoke-credential.ts";
import { updateCredential } from "#lib/credential/update-credential.ts";
import { createApiKey } from "#lib/service-id/create-api-key.ts";
import { createServiceId } from "#lib/service-id/create-service-id.ts";
import { deleteServiceId } from "#lib/service-id/delete-service-id.ts";
import { revokeApiKey } from "#lib/service-id/revoke-api-key.ts";
import {
  type ApiKeyRef,
  apiKeyRef,
  type CreateApiKeyInput,
  type CreateServiceIdInput,
  createApiKeyInput,
  createServiceIdInput,
  type ServiceIdRef,
  serviceIdRef,
  type UpdateServiceIdInput,
  updateServiceIdInput,
} from "#lib/service-id/service-id.schema.ts";
import { updateServiceId } from "#lib/service-id/update-service-id.ts";
import { cancelSubscription } from "#lib/subscription/cancel-subscription.ts";
import { type SubscriptionRef, subscriptionRef } from "#lib/subscription/subscription.schema.ts";
import { withdrawSubscription } from "#lib/subscription/withdraw-subscription.ts";

const register = withAction(registerApplicationInput, registerApplication);
const update = withAction(updateApplicationInput, updateApplication);
const remove = withAction(deleteApplicationInput, deleteApplication);
const create = withAction(createCredentialInput, createCredential);
const change = withAction(updateCredentialInput, (actor, input) => updateCredential(actor, input));
const reset = withAction(credentialRef, (actor, input) => resetSecret(actor, input));
const revoke = withAction(credentialRef, (actor, input) => revokeCredential(actor, input));
const addServiceId = withAction(createServiceIdInput, createServiceId);
const changeServiceId = withAction(updateServiceIdInput, updateServiceId);
const removeServiceId = withAction(serviceIdRef, deleteServiceId);
const addApiKey = withAction(createApiKeyInput, createApiKey);
const endApiKey = withAction(apiKeyRef, (actor, input) => revokeApiKey(actor, input));
const cancel = withAction(subscriptionRef, cancelSubscription);
const withdraw = withAction(subscriptionRef, withdrawSubscription);

export async function registerApplicationAction(input: RegisterApplicationInput) {
  return register(input);
}
export async function updateApplicationAction(input: UpdateApplicationInput) {
  return update(input);
}
export async function deleteApplicationAction(input: DeleteApplicationInput) {
  return remove(input);
}
export async function createCredentialAction(input: CreateCredentialInput) {
  return create(input);
}
export async function updateCredentialAction(input: UpdateCredentialInput) {
  return change(input);
}
export async function resetSecretAction(input: CredentialRef) {
  return reset(input);
}
export async function revokeCredentialAction(input: CredentialRef) {
  return revoke(input);
}
export async function cancelSubscriptionAction(input: SubscriptionRef) {
  return cancel(input);
}
export async function withdrawSubscriptionAction(input: SubscriptionRef) {
  return withdraw(input);
}
export async function createServiceIdAction(input: CreateServiceIdInput) {
  return addServiceId(input);
}
export async function updateServiceIdAction(input: UpdateServiceIdInput) {
  return changeServiceId(input);
}
export async function deleteServiceIdAction(input: ServiceIdRef) {
  return removeServiceId(input);
}
export async function createApiKeyAction(input: CreateApiKeyInput) {
  return addApiKey(input);
}
export async function revokeApiKeyAction(input: ApiKeyRef) {
  return endApiKey(input);
}
