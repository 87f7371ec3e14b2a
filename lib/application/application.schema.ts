import { z } from "zod";
import { type CredentialDto, type Environment, environments } from "#lib/credential/credential.schema.ts";
import { name, text } from "#lib/text.schema.ts";
import type { ApplicationState } from "./application.rules.ts";

export const applicationName = name().min(1, "Give the application a name.").max(80, "At most 80 characters.");
export const applicationDescription = text().trim().max(500, "At most 500 characters.").default("");

export const registerApplicationInput = z
  .object({
    organizationId: z.uuid("Choose an organization."),
    name: applicationName,
    description: applicationDescription,
    environment: z.enum(environments),
  })
  .strict();
export type RegisterApplicationInput = z.input<typeof registerApplicationInput>;

export const updateApplicationInput = z
  .object({ applicationId: z.uuid(), name: applicationName, description: applicationDescription })
  .strict();
export type UpdateApplicationInput = z.input<typeof updateApplicationInput>;

export const deleteApplicationInput = z.object({ applicationId: z.uuid(), confirmName: text() }).strict();
export type DeleteApplicationInput = z.input<typeof deleteApplicationInput>;

export const applicationRef = z.object({ applicationId: z.uuid() }).strict();
export type ApplicationRef = z.input<typeof applicationRef>;

interface ApplicationHead {
  id: string;
  name: string;
  description: string;
  state: ApplicationState;
  createdAt: Date;
  organization: { id: string; slug: string; name: string };
}

export interface ApplicationLine extends ApplicationHead {
  /** Environments in which it has an active credential. */
  environments: Environment[];
  credentials: number;
  lastUsedAt: Date | null;
  subscriptions: {
    id: string;
    product: string;
    catalog: string;
    plan: string;
    state: "active" | "pending" | "suspended";
  }[];
}

export interface ApplicationDto extends ApplicationHead {
  credentials: CredentialDto[];
}

/** A command to paste that calls one of the APIs that the application may call (S27). */
export interface ApplicationCurl {
  /** To choose from: the value is what the address of the page says. */
  apis: { value: string; label: string }[];
  api: string;
  operations: { key: string; method: string; path: string }[];
  /** There are more operations than these. */
  moreOperations: boolean;
  operation: string;
  command: string;
  needsSecret: boolean;
  exploreHref: string;
}
