import { z } from "zod";
import { applicationName } from "#lib/application/application.schema.ts";
import type { ApiRef } from "#lib/paths.ts";
import type { PlanDto } from "#lib/product/product.dto.ts";
import { text } from "#lib/text.schema.ts";
import type { SubscriptionState } from "./subscription.rules.ts";

/** The developer's note to the reviewer. */
const comment = text().trim().max(500, "At most 500 characters.").default("");

export const requestSubscriptionInput = z
  .object({
    applicationId: z.uuid("Choose an application."),
    releaseId: z.uuid(),
    planId: z.uuid("Choose a plan."),
    comment,
  })
  .strict();
export type RequestSubscriptionInput = z.input<typeof requestSubscriptionInput>;

export const subscriptionRef = z.object({ subscriptionId: z.uuid() }).strict();
export type SubscriptionRef = z.input<typeof subscriptionRef>;

export const decideSubscriptionInput = z
  .object({
    subscriptionId: z.uuid(),
    decision: z.enum(["approve", "reject"]),
    reason: text().trim().max(500, "At most 500 characters.").default(""),
  })
  .strict()
  .refine((d) => d.decision === "approve" || d.reason !== "", {
    path: ["reason"],
    message: "Say why: the developer reads it.",
  });
export type DecideSubscriptionInput = z.input<typeof decideSubscriptionInput>;

/** The provider's queue: of one organization, or of one of its catalogs. */
export const pendingSubscriptionsInput = z
  .object({ organization: text(), catalog: text().optional(), after: z.uuid().optional() })
  .strict();
export type PendingSubscriptionsInput = z.input<typeof pendingSubscriptionsInput>;

export interface SubscriptionDto {
  id: string;
  state: SubscriptionState;
  /** The developer's note to the reviewer. */
  comment: string;
  decisionReason: string;
  decidedAt: Date | null;
  createdAt: Date;
  /** It ended because the provider retired the product: when, and what the provider tells of it ("" for nothing). */
  retired: { at: Date; reason: string } | null;
  application: { id: string; name: string; organization: string };
  catalog: {
    slug: string;
    title: string;
    kind: "sandbox" | "production";
    organization: { slug: string; name: string };
  };
  product: { id: string; releaseId: string; title: string; version: string; retired: boolean };
  plan: PlanDto;
  /** `id` is the API definition's: the same in every catalog. */
  apis: { id: string; ref: ApiRef; title: string; version: string }[];
}

export const registerAndSubscribeInput = z
  .object({
    organizationId: z.uuid("Choose an organization."),
    name: applicationName,
    releaseId: z.uuid(),
    planId: z.uuid("Choose a plan."),
    comment,
  })
  .strict();
export type RegisterAndSubscribeInput = z.input<typeof registerAndSubscribeInput>;

/** One of the actor's applications as the subscribe column offers it. */
export interface Subscriber {
  id: string;
  name: string;
  /** Its name in a list to choose from, where another has the same one. */
  label: string;
  organization: string;
  /** Whether it has a credential for the catalog's environment. */
  callsHere: boolean;
  has: { productId: string; planId: string; planTitle: string; state: "pending" | "active" | "suspended" }[];
}

/** What the subscribe column's applications are looked up for; `q` is a part of the name. */
export const findSubscribersInput = z.strictObject({
  catalogId: z.uuid(),
  environment: z.enum(["sandbox", "production"]),
  productIds: z.array(z.uuid()).max(200),
  q: text().max(100).optional(),
});
export type FindSubscribersInput = z.infer<typeof findSubscribersInput>;
