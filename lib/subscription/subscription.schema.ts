import { z } from "zod";

export const requestSubscriptionInput = z
  .object({
    applicationId: z.uuid("Choose an application."),
    releaseId: z.uuid(),
    planId: z.uuid("Choose a plan."),
    comment: z.string().trim().max(500, "At most 500 characters.").default(""),
  })
  .strict();
export type RequestSubscriptionInput = z.input<typeof requestSubscriptionInput>;

export const subscriptionRef = z.object({ subscriptionId: z.uuid() }).strict();
export type SubscriptionRef = z.input<typeof subscriptionRef>;

export const decideSubscriptionInput = z
  .object({
    subscriptionId: z.uuid(),
    decision: z.enum(["approve", "reject"]),
    reason: z.string().trim().max(500, "At most 500 characters.").default(""),
  })
  .strict()
  .refine((d) => d.decision === "approve" || d.reason !== "", {
    path: ["reason"],
    message: "Say why: the developer reads it.",
  });
export type DecideSubscriptionInput = z.input<typeof decideSubscriptionInput>;

/** The provider's queue: of one organization, or of one of its catalogs. */
export const pendingSubscriptionsInput = z
  .object({ organization: z.string(), catalog: z.string().optional(), after: z.uuid().optional() })
  .strict();
export type PendingSubscriptionsInput = z.input<typeof pendingSubscriptionsInput>;
