import { z } from "zod";

/** Window lengths that a plan may count in, by the word that a person types: "100/1hour". */
export const windowUnits = { second: 1, minute: 60, hour: 3600, day: 86400 } as const;
export type WindowUnit = keyof typeof windowUnits;

const LIMIT = /^\s*([1-9]\d{0,8})\s*\/\s*([1-9]\d{0,2})?\s*(second|minute|hour|day)s?\s*$/i;

/** At most `limit` calls in each window of `windowSeconds`, counted per subscription over all credentials. */
export const rateLimit = z.strictObject({
  limit: z.number().int().min(1).max(999_999_999),
  windowSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400 * 365),
});
export type RateLimit = z.infer<typeof rateLimit>;
export const rateLimits = z.array(rateLimit).max(5);

/** "100/1hour" -> { limit: 100, windowSeconds: 3600 }; null when it does not read so. */
export function parseRateLimit(text: string): RateLimit | null {
  const match = LIMIT.exec(text);
  if (!match?.[1] || !match[3]) return null;
  const unit = windowUnits[match[3].toLowerCase() as WindowUnit];
  return { limit: Number(match[1]), windowSeconds: Number(match[2] ?? 1) * unit };
}

/** { limit: 100, windowSeconds: 3600 } -> "100/1hour". */
export function printRateLimit({ limit, windowSeconds }: RateLimit): string {
  const [unit, seconds] = Object.entries(windowUnits)
    .reverse()
    .find(([, s]) => windowSeconds % s === 0) ?? ["second", 1];
  return `${limit}/${windowSeconds / seconds}${unit}`;
}

const rateLimitText = z
  .string()
  .trim()
  .transform((text, context): RateLimit[] => {
    if (text === "") return [];
    const parsed = parseRateLimit(text);
    if (parsed) return [parsed];
    context.addIssue({
      code: "custom",
      message: "Write calls per time like 100/1hour or 10/1second, or leave it empty for no limit",
    });
    return z.NEVER;
  });

export const planInput = z.strictObject({
  title: z.string().trim().min(1, "Enter a name for the plan").max(60, "Use at most 60 characters"),
  rateLimit: rateLimitText,
  requiresApproval: z.boolean(),
});

export const productTitleInput = z.string().trim().min(1, "Enter a title").max(100, "Use at most 100 characters");
export const productVersionInput = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}$/, "Use letters, digits, dots and hyphens, like 1.0.0");

export const createProductInput = z.strictObject({
  organization: z.string(),
  title: productTitleInput,
  version: productVersionInput,
});

export const updateProductInput = z.strictObject({
  id: z.uuid(),
  title: productTitleInput,
  apiIds: z.array(z.uuid()).max(100, "A product holds at most 100 APIs"),
  plans: z.array(planInput).min(1, "A product needs at least one plan").max(20, "A product has at most 20 plans"),
});

export const publishProductInput = z.strictObject({ productId: z.uuid(), catalogId: z.uuid() });
export const publishApiInput = z.strictObject({ apiId: z.uuid(), catalogId: z.uuid() });

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
