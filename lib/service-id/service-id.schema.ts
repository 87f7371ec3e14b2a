import { z } from "zod";
import {
  type CredentialDto,
  credentialDescription,
  credentialScope,
  environments,
  type ShownOnce,
} from "#lib/credential/credential.schema.ts";
import { name } from "#lib/text.schema.ts";

const serviceIdName = name().min(1, "Give the service ID a name.").max(60, "At most 60 characters.");
const apiKeyName = name().min(1, "Give the key a name.").max(60, "At most 60 characters.");

export const createServiceIdInput = z
  .object({
    applicationId: z.uuid(),
    name: serviceIdName,
    description: credentialDescription,
    /** Its policy: IDs of the API definitions that it may call; empty: none (S113). */
    scope: credentialScope.default([]),
  })
  .strict();
export type CreateServiceIdInput = z.input<typeof createServiceIdInput>;

export const updateServiceIdInput = z
  .object({ serviceIdId: z.uuid(), name: serviceIdName, description: credentialDescription, scope: credentialScope })
  .strict();
export type UpdateServiceIdInput = z.input<typeof updateServiceIdInput>;

export const serviceIdRef = z.object({ serviceIdId: z.uuid() }).strict();
export type ServiceIdRef = z.input<typeof serviceIdRef>;

export const createApiKeyInput = z
  .object({
    serviceIdId: z.uuid(),
    environment: z.enum(environments),
    name: apiKeyName,
    description: credentialDescription,
  })
  .strict();
export type CreateApiKeyInput = z.input<typeof createApiKeyInput>;

export const apiKeyRef = z.object({ apiKeyId: z.uuid() }).strict();
export type ApiKeyRef = z.input<typeof apiKeyRef>;

/** An API key as pages show it: its last four characters, never the key or a record of it. */
export type ApiKeyDto = Pick<
  CredentialDto,
  | "id"
  | "name"
  | "description"
  | "environment"
  | "status"
  | "state"
  | "last4"
  | "createdAt"
  | "expiresAt"
  | "revokedAt"
  | "lastUsedAt"
>;

export interface ServiceIdDto {
  id: string;
  name: string;
  description: string;
  createdAt: Date;
  /** What it may call. */
  apis: { id: string; title: string }[];
  keys: ApiKeyDto[];
}

/** The one answer that holds an API key. */
export interface ApiKeyShown extends Pick<ShownOnce, "name" | "environment" | "live"> {
  apiKeyId: string;
  apiKey: string;
}
