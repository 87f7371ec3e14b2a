import { z } from "zod";
import { name, text } from "#lib/text.schema.ts";
import {
  LIMITS_MAX,
  LimitTextError,
  type PlanLimits,
  parseBurstLimits,
  parseQuotas,
  parseRateLimits,
} from "./plan.rules.ts";

const soft = z.literal(false).optional();
const limitCount = z.number().int().min(1).max(999_999_999);
const windowSeconds = z
  .number()
  .int()
  .min(1)
  .max(86_400 * 366);
/** The limits as they are stored, in the four columns of a plan. */
const limitSet = z.strictObject({
  rateLimits: z.array(z.strictObject({ limit: limitCount, windowSeconds, hard: soft })).max(LIMITS_MAX),
  burstLimits: z.array(z.strictObject({ limit: limitCount, windowSeconds })).max(LIMITS_MAX),
  quotas: z.array(z.strictObject({ limit: limitCount, unit: z.enum(["day", "month"]), hard: soft })).max(LIMITS_MAX),
});
const planLimits = limitSet.extend({
  operationLimits: z.array(limitSet.extend({ apiId: z.uuid(), operation: text() })),
});

/** Reads the limits of a plan's row; throws for what is none. */
export const toPlanLimits = (row: Record<keyof PlanLimits, unknown>): PlanLimits =>
  planLimits.parse({
    rateLimits: row.rateLimits,
    burstLimits: row.burstLimits,
    quotas: row.quotas,
    operationLimits: row.operationLimits,
  });

/** A text that `parse` reads, or a field error with its words. */
const limitText = <T>(parse: (text: string) => T) =>
  text().transform((typed, context): T => {
    try {
      return parse(typed);
    } catch (error) {
      if (!(error instanceof LimitTextError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });

const limitTexts = {
  rateLimit: limitText(parseRateLimits),
  burstLimit: limitText(parseBurstLimits).default([]),
  quota: limitText(parseQuotas).default([]),
};

const OPERATION = /^([A-Za-z]+)\s+(\/\S*)$/;

const operationInput = z.strictObject({
  apiId: z.uuid("Choose the API"),
  /** "GET /current" */
  operation: text()
    .trim()
    .regex(OPERATION, "Write method and path like GET /current")
    .transform((typed) =>
      typed.replace(OPERATION, (_all, method: string, path: string) => `${method.toUpperCase()} ${path}`),
    ),
  ...limitTexts,
});

export const planInput = z.strictObject({
  /** Of a plan that the product has; without it, one of that title, else a new plan. */
  id: z.uuid().optional(),
  title: name().min(1, "Enter a name for the plan").max(60, "Use at most 60 characters"),
  ...limitTexts,
  operations: z.array(operationInput).max(50, "A plan has at most 50 operations with limits of their own").default([]),
  requiresApproval: z.boolean(),
});

export const productTitleInput = name().min(1, "Enter a title").max(100, "Use at most 100 characters");
export const productVersionInput = text()
  .trim()
  .regex(/^[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}$/, "Use letters, digits, dots and hyphens, like 1.0.0");

export const createProductInput = z.strictObject({
  organization: text(),
  title: productTitleInput,
  version: productVersionInput,
});

export const updateProductInput = z.strictObject({
  id: z.uuid(),
  /** Of the draft that was changed: saving on an older one is a conflict. */
  draftVersion: z.number().int().min(1),
  title: productTitleInput,
  apiIds: z.array(z.uuid()).max(100, "A product holds at most 100 APIs"),
  plans: z.array(planInput).min(1, "A product needs at least one plan").max(20, "A product has at most 20 plans"),
});

/** What the developers read of it, in their list of subscriptions. */
export const retireReasonInput = text().trim().max(300, "Use at most 300 characters").default("");
export const retireReleaseInput = z.strictObject({ releaseId: z.uuid(), reason: retireReasonInput });

export const publishProductInput = z.strictObject({ productId: z.uuid(), catalogId: z.uuid() });
export const publishApiInput = z.strictObject({ apiId: z.uuid(), catalogId: z.uuid() });

export type PlanInput = z.infer<typeof planInput>;
export type CreateProductInput = z.infer<typeof createProductInput>;
export type UpdateProductInput = z.infer<typeof updateProductInput>;
export type PublishProductInput = z.infer<typeof publishProductInput>;
export type PublishApiInput = z.infer<typeof publishApiInput>;

/** The plan that a product starts with. */
export const DEFAULT_PLAN = {
  name: "default",
  title: "Default",
  rateLimits: [{ limit: 100, windowSeconds: 3600 }],
  requiresApproval: false,
} as const;
